package dev.wxnotify.server.pages;

import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.Event.DeliveryReport;
import dev.wxnotify.server.journal.Event.SubscriptionChange;
import dev.wxnotify.server.journal.JournalEntry;
import dev.wxnotify.server.journal.MessageRecord;
import dev.wxnotify.server.journal.MessageRecord.Outcome;
import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.server.pages.Explanations.Explanation;
import dev.wxnotify.server.pages.TimelineStep.Fact;
import dev.wxnotify.web.Tone;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The life of one message, from the call that brought it to what its user did afterwards. */
final class Timeline {
  private final PageTexts texts;
  private final Badges badges;

  Timeline(PageTexts texts) {
    this.texts = texts;
    this.badges = new Badges(texts);
  }

  /**
   * Returns the steps, in the order in which they happened.
   *
   * @param explanation what the outcome means; null for an accepted message
   * @param receipts what WeChat reported of the message
   * @param answers what the user answered, before or after it
   */
  List<TimelineStep> of(
      JournalEntry entry,
      @Nullable Explanation explanation,
      List<StoredEvent> receipts,
      List<StoredEvent> answers) {
    MessageRecord message = entry.message();
    List<TimelineStep> steps = new ArrayList<>();
    steps.add(received(message));
    steps.add(written(message));
    steps.add(outcome(message, explanation));
    List<Event> known = receipts.stream().map(StoredEvent::event).toList();
    if (known.isEmpty() && entry.receipt() != null) {
      steps.add(receipt(message, entry.receipt().report(), entry.receipt().occurredAt(), null));
    } else if (known.isEmpty() && message.outcome() == Outcome.ACCEPTED) {
      steps.add(
          new TimelineStep(
              null,
              Tone.NEUTRAL,
              texts.get("timeline.receipt.none"),
              List.of(texts.get("timeline.receipt.none.text")),
              List.of()));
    }
    Stream.concat(
            known.stream(),
            answers.stream()
                .map(StoredEvent::event)
                .filter(event -> isSince(message.beganAt(), event)))
        .sorted(Comparator.comparing(Event::occurredAt))
        .forEach(event -> steps.add(step(message, event)));
    return steps;
  }

  /** WeChat's times are whole seconds. */
  private static boolean isSince(Instant beganAt, Event event) {
    return event.occurredAt().getEpochSecond() >= beganAt.getEpochSecond();
  }

  private TimelineStep received(MessageRecord message) {
    String from =
        message.caller().isEmpty()
            ? texts.get("timeline.received.anybody")
            : texts.get("timeline.received.by", message.caller());
    return new TimelineStep(
        message.beganAt(),
        Tone.NEUTRAL,
        texts.get("timeline.received"),
        List.of(from),
        message.requestId().isEmpty()
            ? List.of()
            : List.of(new Fact(texts.get("message.requestId"), message.requestId(), true)));
  }

  private TimelineStep written(MessageRecord message) {
    int attempts = message.attempts();
    if (attempts == 0) {
      return new TimelineStep(
          null, Tone.NEUTRAL, texts.get("timeline.written.never"), List.of(), List.of());
    }
    String times =
        attempts == 1
            ? texts.get("timeline.written.once")
            : texts.get("timeline.written.times", attempts);
    return new TimelineStep(
        null,
        attempts == 1 ? Tone.NEUTRAL : Tone.WARN,
        texts.get("timeline.written"),
        List.of(times),
        List.of());
  }

  private TimelineStep outcome(MessageRecord message, @Nullable Explanation explanation) {
    Badge badge = badges.outcome(message);
    List<String> lines = new ArrayList<>();
    lines.add(
        texts.get(
            "timeline.after",
            texts.lasting(Duration.between(message.beganAt(), message.endedAt()))));
    if (explanation == null) {
      lines.add(texts.get("outcome." + message.outcome() + ".text"));
    } else {
      lines.add(explanation.meaning());
      lines.add(texts.get("timeline.do", explanation.action()));
    }
    List<Fact> facts = new ArrayList<>();
    if (!message.reason().isEmpty()) {
      facts.add(
          new Fact(texts.get("failures.reason"), ReasonNames.ofContract(message.reason()), false));
    }
    WeChatError error = message.error();
    if (error != null) {
      facts.add(new Fact("errcode", Integer.toString(error.errcode()), false));
      add(facts, "errmsg", error.errmsg());
      addId(facts, "rid", error.rid());
    }
    addId(facts, texts.get("message.id"), message.messageId());
    return new TimelineStep(message.endedAt(), badge.tone(), badge.text(), lines, facts);
  }

  private static void add(List<Fact> facts, String name, String value) {
    if (!value.isEmpty()) {
      facts.add(new Fact(name, value, false));
    }
  }

  private static void addId(List<Fact> facts, String name, String id) {
    if (!id.isEmpty()) {
      facts.add(new Fact(name, id, true));
    }
  }

  private TimelineStep step(MessageRecord message, Event event) {
    if (event.detail() instanceof DeliveryReport report) {
      return receipt(message, report, event.occurredAt(), event.receivedAt());
    }
    return answer(message, event, (SubscriptionChange) event.detail());
  }

  private TimelineStep receipt(
      MessageRecord message,
      DeliveryReport report,
      Instant occurredAt,
      @Nullable Instant receivedAt) {
    Instant answered = Instant.ofEpochSecond(message.endedAt().getEpochSecond());
    List<String> lines = new ArrayList<>();
    lines.add(
        texts.get("timeline.receipt.lag", texts.lasting(Duration.between(answered, occurredAt))));
    List<Fact> facts = new ArrayList<>();
    if (!report.delivered()) {
      add(facts, "ErrorCode", report.errorCode());
      add(facts, "ErrorStatus", report.errorStatus());
    }
    String status = report.delivered() ? "DELIVERED" : "FAILED";
    return new TimelineStep(
        occurredAt,
        report.delivered() ? Tone.OK : Tone.BAD,
        texts.get("timeline.receipt." + status),
        lines,
        facts,
        receivedAt);
  }

  private TimelineStep answer(MessageRecord message, Event event, SubscriptionChange change) {
    Badge badge = badges.event(event);
    List<String> lines = new ArrayList<>();
    lines.add(texts.get("timeline.event"));
    List<Fact> facts = new ArrayList<>();
    if (event.templateId().equals(message.templateId())) {
      lines.add(texts.get("timeline.sameTemplate"));
    } else {
      addId(facts, texts.get("message.template"), event.templateId());
    }
    facts.add(
        new Fact(texts.get("event.source"), texts.get("event.source." + change.source()), false));
    add(facts, texts.get("event.answer"), change.rawAnswer());
    return new TimelineStep(
        event.occurredAt(), badge.tone(), badge.text(), lines, facts, event.receivedAt());
  }
}
