package dev.wxnotify.server.pages;

import static dev.wxnotify.server.testing.JournalEvents.acceptance;
import static dev.wxnotify.server.testing.JournalEvents.receipt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeJournal;
import dev.wxnotify.server.testing.FakeScheduler;
import dev.wxnotify.web.EventSink;
import dev.wxnotify.web.ServerSentEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The stream of events, step by step. */
final class EventWatchTest {
  private final FakeScheduler timer = new FakeScheduler(new FakeClock());
  private final FakeJournal journal = new FakeJournal();
  private final Browser browser = new Browser();
  private @Nullable Predicate<StoredEvent> rights = event -> true;

  /** Keeps what it gets, until it does not want more. */
  private static final class Browser implements EventSink {
    private final List<String> ids = new ArrayList<>();
    private int most = Integer.MAX_VALUE;
    private boolean isClosed;

    @Override
    public boolean send(ServerSentEvent event) {
      if (ids.size() >= most) {
        return false;
      }
      ids.add(event.id());
      return true;
    }

    @Override
    public void close() {
      isClosed = true;
    }
  }

  private AutoCloseable open(String cursor) {
    return open(cursor, event -> new ServerSentEvent(event.cursor(), "event", "some"));
  }

  private AutoCloseable open(String cursor, Function<EventState, ServerSentEvent> render) {
    AutoCloseable opened =
        new EventWatch(journal, cursor, () -> rights, render, timer, timer).open(browser);
    timer.runDue();
    return opened;
  }

  private void publish(StoredEvent... events) {
    journal.publish(events);
    timer.runDue();
  }

  @Test
  void withoutACursor_itBeginsWithWhatComesNext() {
    journal.publish(receipt(1, "wx-shop", "crm"));
    open("");
    publish(receipt(2, "wx-shop", "crm"), acceptance(3, "wx-club"));

    assertThat(browser.ids).containsExactly("fake-2", "fake-3");
  }

  @Test
  void cursor_goesOnWithTheNextEvent() {
    journal.publish(acceptance(1, "a"), acceptance(2, "a"), acceptance(3, "a"));
    open("fake-1");

    assertThat(browser.ids).containsExactly("fake-2", "fake-3");
  }

  @Test
  void cursorsThatDoNotCount_beginWithWhatComesNext() {
    journal.publish(acceptance(1, "a"), acceptance(2, "a"));
    open("other-1");
    open("rubbish");
    assertThat(browser.ids).isEmpty();

    publish(acceptance(3, "a"));

    assertThat(browser.ids).containsExactly("fake-3", "fake-3");
  }

  @Test
  void eventsThatAreForgotten_areSkipped() {
    journal.publish(acceptance(1, "a"), acceptance(2, "a"), acceptance(3, "a"));
    journal.forgetUpTo(2);
    open("fake-1");
    timer.advance(EventWatch.BETWEEN_TRIES);
    publish(acceptance(4, "a"));

    assertThat(browser.ids).containsExactly("fake-4");
  }

  @Test
  void whatIsNotForTheViewer_isNotSent() {
    rights = event -> event.event().appId().equals("wx-shop");
    open("");
    publish(receipt(1, "wx-club", "crm"), receipt(2, "wx-shop", "crm"));

    assertThat(browser.ids).containsExactly("fake-2");
  }

  @Test
  void rightsThatEnd_endTheStream_withoutAnEventToo() {
    open("");
    rights = null;
    timer.advance(EventWatch.LOOK);

    assertThat(browser.isClosed).isTrue();
    assertThat(journal.waiting()).isZero();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void rightsThatEnd_holdTheNextEventBack() {
    open("");
    rights = null;
    publish(receipt(1, "wx-shop", "crm"));

    assertThat(browser.ids).isEmpty();
    assertThat(browser.isClosed).isTrue();
  }

  @Test
  void browserThatIsTooSlow_costsNothingMore() {
    browser.most = 1;
    open("");
    publish(receipt(1, "a", "crm"), receipt(2, "a", "crm"));
    int asked = journal.asked();
    publish(receipt(3, "a", "crm"));

    assertThat(browser.ids).containsExactly("fake-1");
    assertThat(journal.asked()).isEqualTo(asked);
    assertThat(journal.waiting()).isZero();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void browserThatLeaves_costsNothingMore() throws Exception {
    AutoCloseable opened = open("");
    assertThat(journal.waiting()).isEqualTo(1);
    opened.close();
    timer.runDue();

    assertThat(journal.waiting()).isZero();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void journalThatIsAway_isWaitedFor_atTheBeginningAndLater() {
    journal.setAway(true);
    open("");
    timer.advance(EventWatch.BETWEEN_TRIES.multipliedBy(5));
    journal.setAway(false);
    timer.advance(EventWatch.BETWEEN_TRIES);
    journal.setAway(true);
    publish(receipt(1, "a", "crm"));
    assertThat(browser.ids).isEmpty();
    journal.setAway(false);
    timer.advance(EventWatch.BETWEEN_TRIES);

    assertThat(browser.ids).containsExactly("fake-1");
    assertThat(browser.isClosed).isFalse();
  }

  @Test
  void eventThatCannotBeRendered_endsTheStream() {
    open(
        "",
        event -> {
          throw new IllegalStateException("broken on purpose");
        });
    publish(receipt(1, "a", "crm"));

    assertThat(browser.isClosed).isTrue();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void whoIsFarBehind_getsAPageAtATime() {
    int events = 2 * EventWatch.PAGE + 1;
    journal.publish(
        LongStream.rangeClosed(1, events)
            .mapToObj(position -> acceptance(position, "a"))
            .toArray(StoredEvent[]::new));
    open("fake-0");
    assertThat(browser.ids).hasSize(EventWatch.PAGE);
    timer.advance(EventWatch.AFTER_FULL_PAGE);
    assertThat(browser.ids).hasSize(2 * EventWatch.PAGE);
    timer.advance(EventWatch.AFTER_FULL_PAGE);

    assertThat(browser.ids).hasSize(events).endsWith("fake-" + events);
  }

  @Test
  void whoIsBehindWhatAPersonReads_getsTheNewest_andHowManyAreLeftOut() {
    int events = EventWatch.MOST_BEHIND + 2 * EventWatch.PAGE;
    journal.publish(
        LongStream.rangeClosed(1, events)
            .mapToObj(position -> acceptance(position, "a"))
            .toArray(StoredEvent[]::new));
    open("fake-0");
    timer.advance(EventWatch.AFTER_FULL_PAGE);

    assertThat(browser.ids).hasSize(2 * EventWatch.PAGE + 1).endsWith("fake-" + events);
    assertThat(browser.ids.get(EventWatch.PAGE)).as("the id of what is left out").isEmpty();
    assertThat(browser.isClosed).isFalse();
  }
}
