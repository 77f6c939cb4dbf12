package dev.wxnotify.sandbox;

import dev.wxnotify.web.Tone;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What happened to a message, from the request to the last attempt of its receipts. */
final class MessageTimeline {

  private static final int FAILS_FROM = 300;

  private final PushLog pushes;

  MessageTimeline(PushLog pushes) {
    this.pushes = pushes;
  }

  /** Oldest first. */
  List<TimelineEntry> of(InboxDetail detail) {
    InboxMessage message = detail.message();
    List<TimelineEntry> entries = new ArrayList<>();
    entries.add(
        TimelineEntry.of(message.time(), Tone.INFO, "timeline.received").saying(message.openId()));
    if (message.accepted()) {
      entries.add(TimelineEntry.of(message.time(), Tone.OK, "timeline.accepted", message.msgid()));
    } else {
      entries.add(
          TimelineEntry.of(message.time(), Tone.BAD, "timeline.refused", message.errcode())
              .saying(message.errmsg()));
    }
    if (!message.effect().isEmpty()) {
      entries.add(TimelineEntry.of(message.time(), Tone.WARN, "timeline.spoilt", message.effect()));
    }
    List<TimelineEntry> later = new ArrayList<>();
    detail.receipts().forEach(push -> add(push, later));
    later.sort(Comparator.comparing(TimelineEntry::time));
    entries.addAll(later);
    return entries;
  }

  private void add(SandboxPush push, List<TimelineEntry> entries) {
    String page = "/inbox/pushes/" + push.id();
    entries.add(receipt(push).to(page));
    int number = 0;
    for (SandboxPush.Attempt attempt : push.attempts()) {
      number++;
      entries.add(attempt(push.id(), number, attempt).to(page));
    }
    if (push.state() == SandboxPush.State.LOST) {
      entries.add(TimelineEntry.of(lastTime(push), Tone.WARN, "timeline.lost", push.id()).to(page));
    } else if (push.state() == SandboxPush.State.GIVEN_UP) {
      entries.add(
          TimelineEntry.of(lastTime(push), Tone.WARN, "timeline.given-up", push.id()).to(page));
    }
  }

  private static Instant lastTime(SandboxPush push) {
    List<SandboxPush.Attempt> attempts = push.attempts();
    return attempts.isEmpty() ? push.createdAt() : attempts.get(attempts.size() - 1).time();
  }

  private TimelineEntry receipt(SandboxPush push) {
    Push kept = pushes.find(push.id());
    PushContent.Items list = kept == null ? null : kept.content().list();
    Map<String, String> says =
        list == null || list.elements().isEmpty() ? Map.of() : list.elements().get(0);
    String code = says.getOrDefault("ErrorCode", PushFailure.NONE.errorCode());
    return code.equals(PushFailure.NONE.errorCode())
        ? TimelineEntry.of(push.createdAt(), Tone.OK, "timeline.receipt-delivered", push.id())
        : TimelineEntry.of(push.createdAt(), Tone.BAD, "timeline.receipt-failed", push.id(), code)
            .saying(says.getOrDefault("ErrorStatus", ""));
  }

  private static TimelineEntry attempt(long push, int number, SandboxPush.Attempt attempt) {
    boolean failed = attempt.status() == 0 || attempt.status() >= FAILS_FROM;
    Tone tone = failed ? Tone.WARN : Tone.NEUTRAL;
    TimelineEntry entry =
        attempt.status() == 0
            ? TimelineEntry.of(
                attempt.time(), tone, "timeline.attempt-silent", push, number, attempt.millis())
            : TimelineEntry.of(
                attempt.time(),
                tone,
                "timeline.attempt",
                push,
                number,
                attempt.status(),
                attempt.millis());
    return entry.saying(attempt.answer());
  }
}
