package dev.wxnotify.server.pages;

import static dev.wxnotify.server.journal.JournalSamples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.journal.Event.Answer;
import dev.wxnotify.server.journal.JournalEntry;
import dev.wxnotify.server.journal.JournalSamples;
import dev.wxnotify.server.journal.JournalSamples.Changes;
import dev.wxnotify.server.journal.MessageRecord;
import dev.wxnotify.server.journal.MessageRecord.Outcome;
import dev.wxnotify.server.journal.NewEvent;
import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.server.pages.Explanations.Explanation;
import dev.wxnotify.web.Assets;
import dev.wxnotify.web.Layout;
import dev.wxnotify.web.PageRequest;
import dev.wxnotify.web.Site;
import dev.wxnotify.web.Tone;
import java.net.InetAddress;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private final Clock clock = Clock.fixed(T0.plusSeconds(60), ZoneOffset.UTC);
  private final PageTexts texts =
      new PageTexts(
          new Layout(
                  new Site(new HtmlPages(clock).texts(), List.of(), List.of(), List.of()),
                  new Assets(),
                  clock,
                  ZoneOffset.UTC)
              .page(
                  PageRequest.of(
                      "GET", "/lookup", Map.of(), new byte[0], InetAddress.getLoopbackAddress()),
                  "lookup.title"));
  private final Timeline timeline = new Timeline(texts);

  private static JournalEntry entry(MessageRecord message) {
    return new JournalEntry(1, message, null);
  }

  private static List<StoredEvent> stored(NewEvent... events) {
    return java.util.Arrays.stream(events)
        .map(each -> new StoredEvent(1, each.event(), true, "", ""))
        .toList();
  }

  private static List<String> titles(List<TimelineStep> steps) {
    return steps.stream().map(TimelineStep::title).toList();
  }

  @Test
  void acceptedMessage_withAnswersAndAFailedReceipt_hasThemInOrder() {
    List<TimelineStep> steps =
        timeline.of(
            entry(JournalSamples.accepted("1", "request-1", T0)),
            null,
            stored(JournalSamples.receipt("1", false, T0.plusSeconds(9))),
            stored(
                JournalSamples.answer("c", Answer.OTHER, T0.plusSeconds(30)),
                JournalSamples.answer("b", Answer.REJECTED, T0.plusSeconds(20)),
                JournalSamples.answer("a", Answer.ACCEPTED, T0.minusSeconds(1))));

    assertThat(titles(steps))
        .containsExactly(
            "Received",
            "Written to WeChat",
            "Accepted",
            "Receipt: not delivered",
            "Rejected",
            "Other answer");
    TimelineStep receipt = steps.get(3);
    assertThat(receipt.tone()).isEqualTo(Tone.BAD);
    assertThat(receipt.lines()).containsExactly("0 s after the answer, by the clock of WeChat");
    assertThat(receipt.arrivedAt()).isEqualTo(T0.plusSeconds(9));
    assertThat(receipt.facts())
        .extracting(TimelineStep.Fact::value)
        .containsExactly("20003", "failed:system failed");
  }

  @Test
  void acceptedMessage_withoutReceipt_saysSo() {
    List<TimelineStep> steps =
        timeline.of(entry(JournalSamples.accepted("1", "", T0)), null, List.of(), List.of());

    assertThat(titles(steps)).last().isEqualTo("No receipt yet");
    assertThat(steps.get(0).facts()).as("no request id").isEmpty();
  }

  @Test
  void receiptThatOnlyTheEntryHas_isShown() {
    NewEvent receipt = JournalSamples.receipt("1", T0);
    List<TimelineStep> steps =
        timeline.of(
            new JournalEntry(
                1,
                JournalSamples.accepted("1", "r", T0),
                new JournalEntry.Receipt(
                    (dev.wxnotify.server.journal.Event.DeliveryReport) receipt.event().detail(),
                    T0.plusSeconds(95))),
            null,
            List.of(),
            List.of());

    assertThat(titles(steps)).last().isEqualTo("Receipt: delivered");
    assertThat(steps.get(3).lines())
        .containsExactly("1 min 34 s after the answer, by the clock of WeChat");
  }

  @Test
  void messageThatNeverLeft_hasNoRequest_andSaysWhatToDo() {
    MessageRecord message =
        new Changes().requestId("r").outcome(Outcome.NOT_SENT, "OVERLOADED").attempts(0).make();
    List<TimelineStep> steps =
        timeline.of(entry(message), new Explanation("it is full", "wait"), List.of(), List.of());

    assertThat(titles(steps)).containsExactly("Received", "Not written to WeChat", "Not sent");
    assertThat(steps.get(2).lines()).containsExactly("after 1 s", "it is full", "What to do: wait");
  }

  @Test
  void messageThatWasWrittenSeveralTimes_andIsUnknown_saysSo() {
    MessageRecord message = new Changes().outcome(Outcome.UNKNOWN, "NO_ANSWER").attempts(3).make();
    List<TimelineStep> steps = timeline.of(entry(message), null, List.of(), List.of());

    assertThat(steps.get(1).lines()).first().asString().startsWith("3 requests");
    assertThat(titles(steps)).last().isEqualTo("Unknown");
    assertThat(steps.get(2).facts())
        .contains(new TimelineStep.Fact("Reason", "OUTCOME_UNKNOWN", false));
  }
}
