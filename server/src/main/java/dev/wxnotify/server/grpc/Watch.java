package dev.wxnotify.server.grpc;

import dev.wxnotify.server.journal.EventFeed;
import dev.wxnotify.server.journal.EventPage;
import dev.wxnotify.server.journal.JournalUnavailableException;
import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.WatchEventsResponse;
import io.grpc.SynchronizationContext;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watch of events.
 *
 * <pre>
 *   where to begin ─▶ heartbeat ─▶ read a page ─▶ caller ready? ─▶ event, event, … ──┐
 *                                     ▲    │ not full                                │
 *                                     │    └─▶ wait until there are more ─┐          │
 *                                     └────────────────────────────────────┴──────────┘
 * </pre>
 *
 * <p>It reads only for a caller that takes what it has, so that it holds one page at most, and none
 * once the caller has not been ready for the time of a heartbeat. Events that the caller does not
 * ask for or may not see move the place all the same, and the next heartbeat says so.
 *
 * <p>The journal may be unavailable for {@link #LONGEST_OUTAGE}, since the restart of a database
 * must not make all watchers reconnect at once; heartbeats go on meanwhile. Then the watch ends, so
 * that its caller can try another replica. A watch cannot begin while the journal is not available.
 *
 * <p>The caller is looked up again with each page, with each heartbeat and when the callers change:
 * the watch of one that was removed ends, and that of one with fewer rights shows less.
 *
 * <p>It is long because its steps share one state, and each relies on how the others leave it.
 *
 * <p>Concurrency: everything happens in {@link #turn}, one step at a time, on whatever thread
 * brings the step: gRPC's, the timer's or the journal's. No step blocks.
 */
final class Watch {
  /** The most events that are read at once, and held. */
  static final int PAGE = 64;

  static final Duration HEARTBEAT = Duration.ofSeconds(15);
  static final Duration LONGEST_OUTAGE = Duration.ofSeconds(30);
  static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(Watch.class);

  private final SynchronizationContext turn =
      new SynchronizationContext((thread, fault) -> fail(fault));

  private final EventFeed feed;
  private final EventFilter filter;
  private final Supplier<@Nullable Caller> callerNow;
  private final ServerCallStreamObserver<WatchEventsResponse> responses;
  private final LongSupplier nanoClock;
  private final ScheduledExecutorService timer;
  private final Consumer<Watch> whenOver;

  /** The caller as it was last looked up. */
  private Caller caller;

  /** All events up to here were sent, or are not for this watch. */
  private long place;

  /** What was read and is not sent. */
  private final Queue<StoredEvent> page = new ArrayDeque<>();

  /** The place behind {@link #page}. */
  private long through;

  /** Whether the journal may have events after {@link #through}. */
  private boolean mayHaveMore = true;

  private boolean begun;

  /** Whether a heartbeat has said that there is nothing more for now. */
  private boolean caughtUp;

  private boolean reading;
  private boolean heartbeatDue;
  private boolean over;
  private long sentNanos;
  private @Nullable Long awaySinceNanos;
  private @Nullable AutoCloseable wait;
  private @Nullable Future<?> retry;
  private @Nullable Future<?> tick;

  /**
   * Prepares a watch; {@link #open} begins it.
   *
   * @param caller the caller that it begins with
   * @param callerNow tells whom the credentials of the call belong to; null for nobody any more
   * @param nanoClock as {@link System#nanoTime}
   * @param timer runs delayed tasks
   * @param whenOver runs once, when it has ended
   */
  Watch(
      EventFeed feed,
      EventFilter filter,
      Caller caller,
      Supplier<@Nullable Caller> callerNow,
      ServerCallStreamObserver<WatchEventsResponse> responses,
      LongSupplier nanoClock,
      ScheduledExecutorService timer,
      Consumer<Watch> whenOver) {
    this.feed = feed;
    this.filter = filter;
    this.caller = caller;
    this.callerNow = callerNow;
    this.responses = responses;
    this.nanoClock = nanoClock;
    this.timer = timer;
    this.whenOver = whenOver;
  }

  /** Begins after the position that {@code start} has. */
  void open(CompletionStage<Long> start) {
    responses.setOnReadyHandler(() -> turn.execute(this::goOn));
    responses.setOnCancelHandler(() -> turn.execute(this::close));
    var ignored =
        start.whenComplete((position, fault) -> turn.execute(() -> begin(position, fault)));
  }

  /** The server is stopping: the watch ends at once. */
  void stop() {
    turn.execute(() -> end(SendErrors.watchStopping()));
  }

  /** The callers have changed. */
  void callersChanged() {
    turn.execute(this::lookCallerUp);
  }

  private void begin(@Nullable Long position, @Nullable Throwable fault) {
    if (over) {
      return;
    }
    if (position == null || fault != null) {
      end(startFault(fault == null ? new IllegalStateException("no position") : fault));
      return;
    }
    begun = true;
    place = position;
    through = position;
    sendHeartbeat();
    tickAfter(HEARTBEAT);
    goOn();
  }

  private static SendError startFault(Throwable fault) {
    return JournalFaults.cause(fault) instanceof IllegalArgumentException
        ? EventGrpcService.noCursor()
        : JournalFaults.of(fault);
  }

  private void goOn() {
    while (begun && !over && responses.isReady()) {
      if (heartbeatDue) {
        sendHeartbeat();
      }
      StoredEvent next = page.poll();
      if (next != null) {
        place = next.position();
        if (filter.passes(next, caller)) {
          responses.onNext(EventProtos.of(next, feed.cursor(place)));
          sentNanos = nanoClock.getAsLong();
        }
      } else {
        place = through;
        if (!mayHaveMore && !caughtUp) {
          caughtUp = true;
          sendHeartbeat();
        }
        readOn();
        return;
      }
    }
  }

  private void readOn() {
    if (reading || wait != null || retry != null) {
      return;
    }
    if (mayHaveMore) {
      reading = true;
      var ignored =
          feed.read(place, PAGE)
              .whenComplete((read, fault) -> turn.execute(() -> arrived(read, fault)));
    } else {
      wait = feed.whenAfter(place, () -> turn.execute(this::woken));
    }
  }

  private void woken() {
    wait = null;
    mayHaveMore = true;
    goOn();
  }

  private void arrived(@Nullable EventPage read, @Nullable Throwable fault) {
    reading = false;
    if (over) {
      return;
    }
    if (read == null || fault != null) {
      readFault(fault == null ? new IllegalStateException("no page") : fault);
      return;
    }
    awaySinceNanos = null;
    page.addAll(read.events());
    through = read.through();
    mayHaveMore = read.events().size() >= PAGE;
    lookCallerUp();
    goOn();
  }

  private void readFault(Throwable fault) {
    long now = nanoClock.getAsLong();
    Long since = awaySinceNanos;
    if (since == null) {
      since = now;
      awaySinceNanos = now;
    }
    if (JournalFaults.cause(fault) instanceof JournalUnavailableException
        && now - since < LONGEST_OUTAGE.toNanos()) {
      retry = schedule(this::tryAgain, BETWEEN_TRIES);
    } else {
      end(JournalFaults.of(fault));
    }
  }

  private void tryAgain() {
    retry = null;
    goOn();
  }

  private void lookCallerUp() {
    Caller now = callerNow.get();
    if (now == null) {
      end(SendErrors.unauthenticated());
    } else if (!filter.isAllowedTo(now)) {
      end(SendErrors.appNotAllowed(filter.appId()));
    } else {
      caller = now;
    }
  }

  private void sendHeartbeat() {
    heartbeatDue = false;
    responses.onNext(EventProtos.heartbeat(feed.cursor(place)));
    sentNanos = nanoClock.getAsLong();
  }

  private void tick() {
    lookCallerUp();
    if (over) {
      return;
    }
    Duration left = HEARTBEAT.minusNanos(nanoClock.getAsLong() - sentNanos);
    if (left.isNegative() || left.isZero()) {
      heartbeatDue = true;
      if (!responses.isReady()) {
        forgetPage();
      }
      tickAfter(HEARTBEAT);
      goOn();
    } else {
      tickAfter(left);
    }
  }

  /** The caller reads nothing: what it has not got is read again when it does. */
  private void forgetPage() {
    if (!page.isEmpty()) {
      page.clear();
      through = place;
      mayHaveMore = true;
    }
  }

  private void tickAfter(Duration delay) {
    tick = schedule(this::tick, delay);
  }

  private Future<?> schedule(Runnable step, Duration delay) {
    return timer.schedule(
        () ->
            turn.execute(
                () -> {
                  if (!over) {
                    step.run();
                  }
                }),
        delay.toNanos(),
        TimeUnit.NANOSECONDS);
  }

  private void end(SendError why) {
    if (!over) {
      close();
      responses.onError(Statuses.of(why));
    }
  }

  /** On a thread that knows of no call: a fault would be lost there, and the watch never end. */
  private void fail(Throwable fault) {
    log.error("a watch failed unexpectedly", fault);
    end(SendErrors.internal(Outcome.OUTCOME_NOT_SENT));
  }

  private void close() {
    if (over) {
      return;
    }
    over = true;
    page.clear();
    cancel(tick);
    cancel(retry);
    AutoCloseable waiting = wait;
    if (waiting != null) {
      withdraw(waiting);
    }
    whenOver.accept(this);
  }

  private static void cancel(@Nullable Future<?> task) {
    if (task != null) {
      task.cancel(false);
    }
  }

  private static void withdraw(AutoCloseable waiting) {
    try {
      waiting.close();
    } catch (Exception e) {
      log.error("a watch could not be withdrawn from the journal", e);
    }
  }
}
