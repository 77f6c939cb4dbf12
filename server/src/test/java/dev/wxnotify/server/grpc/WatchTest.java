package dev.wxnotify.server.grpc;

import static dev.wxnotify.server.testing.StatusAssert.assertThatStatus;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeJournal;
import dev.wxnotify.server.testing.FakeScheduler;
import dev.wxnotify.server.testing.JournalEvents;
import dev.wxnotify.v1.Event;
import dev.wxnotify.v1.EventKind;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One watch, with a clock, a journal and a caller that do what the test says. */
class WatchTest {
  private static final String APP = "wx-shop";
  private static final Caller CRM = new Caller("crm", null, false);

  private final FakeClock clock = new FakeClock();
  private final FakeScheduler timer = new FakeScheduler(clock);
  private final FakeJournal journal = new FakeJournal();
  private final FakeWatcher watcher = new FakeWatcher();
  private final AtomicInteger ended = new AtomicInteger();
  private @Nullable Caller callerNow = CRM;

  @AfterEach
  void rulesOfAnObserver_wereKept() {
    assertThat(watcher.offences()).isEmpty();
    assertThat(ended.get()).isLessThanOrEqualTo(1);
  }

  private Watch watch(EventFilter filter) {
    return new Watch(
        journal,
        filter,
        CRM,
        () -> callerNow,
        watcher,
        clock.nanos(),
        timer,
        over -> ended.incrementAndGet());
  }

  private static EventFilter all() {
    return new EventFilter("", Set.of(), false);
  }

  private Watch open() {
    return openAt(0);
  }

  private Watch openAt(long position) {
    Watch watch = watch(all());
    watch.open(CompletableFuture.completedFuture(position));
    return watch;
  }

  private static StoredEvent receipt(long position) {
    return JournalEvents.receipt(position, APP, "crm");
  }

  private static StoredEvent[] receipts(int count) {
    return LongStream.rangeClosed(1, count)
        .mapToObj(WatchTest::receipt)
        .toArray(StoredEvent[]::new);
  }

  private static List<String> cursors(int count) {
    return LongStream.rangeClosed(1, count).mapToObj(position -> "fake-" + position).toList();
  }

  private List<String> seen() {
    return watcher.events().stream().map(Event::getCursor).toList();
  }

  private StatusRuntimeException error() {
    assertThat(ended).hasValue(1);
    return Objects.requireNonNull(watcher.error(), "the watch has ended");
  }

  @Test
  void watch_beginsWithAHeartbeat_andGoesOnWithWhatIsKept_andWithWhatComes() {
    journal.publish(receipts(3));

    openAt(1);
    journal.publish(receipt(4));

    assertThat(watcher.responses().get(0).hasHeartbeat()).isTrue();
    assertThat(watcher.heartbeats())
        .as("the beginning, and the end of what was kept")
        .containsExactly("fake-1", "fake-3");
    assertThat(seen()).containsExactly("fake-2", "fake-3", "fake-4");
    assertThat(watcher.events().get(0).getDelivery().getRequestId()).isEqualTo("request-2");
  }

  @Test
  void longBacklog_comesPageByPage_inOrder_once() {
    journal.publish(receipts(3 * Watch.PAGE + 1));

    open();

    assertThat(seen()).isEqualTo(cursors(3 * Watch.PAGE + 1));
    assertThat(journal.readSizes()).containsExactly(Watch.PAGE, Watch.PAGE, Watch.PAGE, 1);
  }

  @Test
  void heartbeat_comesAfter15SecondsWithoutAnEvent() {
    open();
    timer.advance(Watch.HEARTBEAT.minusMillis(1));
    journal.publish(receipt(1));
    timer.advance(Watch.HEARTBEAT.minusMillis(1));
    assertThat(watcher.heartbeats()).as("so far").containsExactly("fake-0", "fake-0");

    timer.advance(Duration.ofMillis(1));
    assertThat(watcher.heartbeats()).containsExactly("fake-0", "fake-0", "fake-1");
    timer.advance(Watch.HEARTBEAT);
    assertThat(watcher.heartbeats()).containsExactly("fake-0", "fake-0", "fake-1", "fake-1");
  }

  @Test
  void eventsOfOthers_areLeftOut_andTheCursorGoesOn() {
    Watch watch = watch(new EventFilter(APP, Set.of(EventKind.EVENT_KIND_DELIVERY), false));
    watch.open(CompletableFuture.completedFuture(0L));

    journal.publish(
        JournalEvents.receipt(1, "wx-other", "crm"),
        JournalEvents.acceptance(2, APP),
        JournalEvents.receipt(3, APP, "web"),
        JournalEvents.receiptOfNobody(4, APP));
    timer.advance(Watch.HEARTBEAT);

    assertThat(seen()).isEmpty();
    assertThat(watcher.heartbeats()).containsExactly("fake-0", "fake-0", "fake-4");
  }

  @Test
  void watcherThatDoesNotRead_costsOnePage_andLaterNone_andMissesNothing() {
    int count = 5 * Watch.PAGE;
    journal.publish(receipts(count));
    watcher.takeOnly(1 + 10);
    open();
    assertThat(seen()).isEqualTo(cursors(10));
    assertThat(journal.readSizes()).as("read").containsExactly(Watch.PAGE);

    timer.advance(Watch.HEARTBEAT.multipliedBy(4));
    assertThat(watcher.heartbeats()).as("it takes none").hasSize(1);
    assertThat(journal.readSizes()).as("read").containsExactly(Watch.PAGE);
    watcher.take(1_000);

    assertThat(seen()).isEqualTo(cursors(count));
    assertThat(watcher.heartbeats())
        .as("one was due, and one is for the end of what was kept")
        .containsExactly("fake-0", "fake-10", "fake-" + count);
  }

  @Test
  void shortOutage_isWaitedFor_withHeartbeats() {
    open();
    journal.setAway(true);
    journal.publish(receipt(1));
    timer.advance(Watch.LONGEST_OUTAGE.minusSeconds(1));
    assertThat(watcher.error()).isNull();
    assertThat(watcher.heartbeats()).containsExactly("fake-0", "fake-0", "fake-0");

    journal.setAway(false);
    timer.advance(Watch.BETWEEN_TRIES);

    assertThat(seen()).containsExactly("fake-1");
  }

  @Test
  void longOutage_endsTheWatch() {
    open();
    journal.setAway(true);
    journal.publish(receipt(1));
    timer.advance(Watch.LONGEST_OUTAGE);

    assertThatStatus(error())
        .isError(
            Status.Code.UNAVAILABLE, ErrorReason.JOURNAL_UNAVAILABLE, Outcome.OUTCOME_NOT_SENT);
  }

  /** The time of the second outage does not count from the first. */
  @Test
  void twoShortOutages_areNotALongOne() {
    open();
    for (int i = 1; i <= 2; i++) {
      journal.setAway(true);
      journal.publish(receipt(i));
      timer.advance(Watch.LONGEST_OUTAGE.minusSeconds(1));
      journal.setAway(false);
      timer.advance(Watch.BETWEEN_TRIES);
    }

    assertThat(seen()).isEqualTo(cursors(2));
  }

  @Test
  void cursorThatExpiresMeanwhile_endsTheWatch() {
    journal.publish(receipts(3));
    watcher.takeOnly(0);
    openAt(1);
    journal.forgetUpTo(2);
    watcher.take(10);

    assertThatStatus(error())
        .isError(Status.Code.OUT_OF_RANGE, ErrorReason.CURSOR_EXPIRED, Outcome.OUTCOME_REJECTED);
  }

  @Test
  void startThatFails_endsTheWatchAtOnce() {
    journal.setAway(true);

    watch(all()).open(journal.last());

    assertThatStatus(error())
        .isError(
            Status.Code.UNAVAILABLE, ErrorReason.JOURNAL_UNAVAILABLE, Outcome.OUTCOME_NOT_SENT);
    assertThat(watcher.responses()).isEmpty();
  }

  @Test
  void faultOfTheJournal_endsTheWatch_withoutItsText() {
    watch(all()).open(CompletableFuture.failedFuture(new AssertionError("secret")));

    assertThatStatus(error())
        .isError(Status.Code.INTERNAL, ErrorReason.INTERNAL_ERROR, Outcome.OUTCOME_NOT_SENT);
    assertThat(error().toString()).doesNotContain("secret");
  }

  @Test
  void faultOfATimer_endsTheWatch() {
    timer.shutdown();

    open();

    assertThatStatus(error())
        .isError(Status.Code.INTERNAL, ErrorReason.INTERNAL_ERROR, Outcome.OUTCOME_NOT_SENT);
  }

  @Test
  void callerThatIsGone_hearsNoMore() {
    Watch watch = open();
    callerNow = null;
    watch.callersChanged();

    assertThatStatus(error())
        .isError(
            Status.Code.UNAUTHENTICATED, ErrorReason.UNAUTHENTICATED, Outcome.OUTCOME_NOT_SENT);
    journal.publish(receipt(1));
    assertThat(seen()).isEmpty();
  }

  /** Where nobody says that the callers have changed, the next page or heartbeat finds it out. */
  @Test
  void callerThatIsGone_isNoticedWithTheNextEvent() {
    open();
    callerNow = null;
    journal.publish(receipt(1));

    assertThat(error().getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(seen()).isEmpty();
  }

  @Test
  void callerWithFewerApps_seesLess() {
    Watch watch = open();
    callerNow = new Caller("crm", Set.of("wx-other"), false);
    watch.callersChanged();
    journal.publish(receipt(1), JournalEvents.receipt(2, "wx-other", "crm"));

    assertThat(seen()).containsExactly("fake-2");
  }

  @Test
  void callerThatMayNotUseTheAppOfTheWatch_hearsNoMore() {
    Watch watch = watch(new EventFilter(APP, Set.of(), false));
    watch.open(CompletableFuture.completedFuture(0L));
    callerNow = new Caller("crm", Set.of("wx-other"), false);
    watch.callersChanged();

    assertThatStatus(error())
        .isError(
            Status.Code.PERMISSION_DENIED, ErrorReason.APP_NOT_ALLOWED, Outcome.OUTCOME_NOT_SENT);
  }

  @Test
  void operatorNoMore_seesItsOwnOnly() {
    callerNow = new Caller("crm", null, true);
    Watch watch = open();
    watch.callersChanged();
    journal.publish(JournalEvents.receiptOfNobody(1, APP));
    callerNow = CRM;
    watch.callersChanged();
    journal.publish(JournalEvents.receiptOfNobody(2, APP), receipt(3));

    assertThat(seen()).containsExactly("fake-1", "fake-3");
  }

  @Test
  void cancelledWatch_leavesNothingBehind() {
    open();
    assertThat(journal.waiting()).isEqualTo(1);

    watcher.cancelCall();

    assertThat(ended).hasValue(1);
    assertThat(journal.waiting()).isZero();
    assertThat(timer.pending()).isZero();
    journal.publish(receipt(1));
    assertThat(seen()).isEmpty();
  }

  @Test
  void watchThatIsCancelledWhileTheJournalReads_leavesNothingBehind() {
    CompletableFuture<?> gate = new CompletableFuture<>();
    journal.hold(gate);
    open();
    watcher.cancelCall();

    gate.complete(null);

    assertThat(ended).hasValue(1);
    assertThat(journal.waiting()).isZero();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void stop_endsTheWatch_whetherItsCallerReadsOrNot() {
    watcher.takeOnly(0);
    journal.publish(receipts(3));
    open().stop();

    assertThatStatus(error())
        .isError(Status.Code.UNAVAILABLE, ErrorReason.SERVER_STOPPING, Outcome.OUTCOME_NOT_SENT);
    assertThat(journal.waiting()).isZero();
  }

  @Test
  void stop_beforeTheJournalSaidWhereToBegin_endsTheWatch() {
    CompletableFuture<Long> start = new CompletableFuture<>();
    Watch watch = watch(all());
    watch.open(start);

    watch.stop();
    start.complete(0L);

    assertThat(error().getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(watcher.responses()).isEmpty();
  }

  /** Steps come from many threads, and each event is sent once and in its place. */
  @Test
  void manyThreads_everyEventOnce_inOrder() throws Exception {
    int count = 3_000;
    open();
    Thread publisher =
        new Thread(
            () -> {
              for (long position = 1; position <= count; position++) {
                journal.publish(receipt(position));
              }
            });
    List<Thread> others = new ArrayList<>(List.of(publisher));
    for (int i = 0; i < 2; i++) {
      others.add(
          new Thread(
              () -> {
                for (int n = 0; n < count; n++) {
                  watcher.takeOnly(0);
                  watcher.take(5);
                }
              }));
    }
    others.forEach(Thread::start);
    for (Thread each : others) {
      each.join(Await.LONGEST.toMillis());
    }
    watcher.take(10 * count);

    Await.until(
        () -> "all events, not " + watcher.events().size(), () -> watcher.events().size() == count);
    assertThat(seen()).isEqualTo(cursors(count));
  }
}
