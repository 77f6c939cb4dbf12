package dev.wxnotify.server.journal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the journal does by itself.
 *
 * <pre>
 *   every second   not open: open the store, read the ledger
 *                  open: publish receipts without a message, read what changed into the ledger
 *   every minute   forget what is older than the retention: 1,000 rows, a pause, 1,000 rows…
 * </pre>
 *
 * <p>Rows are forgotten in small steps, so that the writers of messages and events find the store
 * free in between.
 *
 * <p>Concurrency: two timers of one thread each, so that the second waits for nothing of the first.
 */
final class JournalUpkeep {
  static final Duration PERIOD = Duration.ofSeconds(1);

  /** How long a receipt waits for its message. */
  static final Duration ORPHAN_AGE = Duration.ofSeconds(30);

  private static final Duration PRUNE_PERIOD = Duration.ofMinutes(1);
  private static final Duration PRUNE_PAUSE = Duration.ofMillis(100);

  /** Far more than a store needs for 1,000 rows. */
  private static final Duration OVERLAP = Duration.ofSeconds(10);

  private static final int STEP = 1_000;
  private static final int MOST_STEPS = 20;

  private static final Logger log = LoggerFactory.getLogger(JournalUpkeep.class);

  private final JournalStore store;
  private final StoreState state;
  private final SubscriptionLedger ledger;
  private final WriteOutage outage;
  private final JournalListener listener;
  private final Runnable published;
  private final Duration retention;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final ScheduledThreadPoolExecutor timer = JournalThreads.timer("upkeep", 1);
  private final ScheduledThreadPoolExecutor pruner = JournalThreads.timer("retention", 1);

  /** When the ledger was last read, by the store's clock; only the thread of the timer uses it. */
  private Instant readAt = Instant.EPOCH;

  /** Whether the log has that the store cannot be opened; only the thread of the timer uses it. */
  private boolean isReported;

  /**
   * Creates it; {@link #start} begins.
   *
   * @param published runs after events may have become visible
   */
  JournalUpkeep(
      JournalStore store,
      StoreState state,
      SubscriptionLedger ledger,
      WriteOutage outage,
      JournalListener listener,
      Runnable published,
      Duration retention,
      InstantSource clock,
      LongSupplier nanoClock) {
    this.store = store;
    this.state = state;
    this.ledger = ledger;
    this.outage = outage;
    this.listener = listener;
    this.published = published;
    this.retention = retention;
    this.clock = clock;
    this.nanoClock = nanoClock;
  }

  void start() {
    var ignored =
        timer.scheduleWithFixedDelay(
            this::tickGuarded, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    pruneAfter(PERIOD);
  }

  private void tickGuarded() {
    try {
      outage.look();
      if (!state.isUnusable()) {
        tick();
      }
    } catch (JournalUnavailableException e) {
      state.failed(e);
    } catch (RuntimeException | LinkageError e) {
      state.failed(e);
      log.error("the upkeep of the journal failed unexpectedly", e);
    }
  }

  private void tick() {
    if (!state.isOpen()) {
      open();
      return;
    }
    publishOrphans();
    if (store.isShared()) {
      readLedger();
    }
    state.worked();
  }

  private void open() {
    try {
      store.open();
    } catch (JournalUnavailableException e) {
      if (!isReported) {
        isReported = true;
        log.warn("the journal cannot be opened yet, sends go on: {}", StoreState.text(e));
      }
      throw e;
    } catch (IllegalStateException e) {
      state.unusable(e);
      log.error("the journal cannot be used, sends go on without it: {}", e.getMessage());
      return;
    }
    try {
      readLedger();
    } finally {
      state.opened(store.id());
    }
    if (isReported) {
      log.info("the journal is open");
    }
  }

  private void publishOrphans() {
    Instant before = clock.instant().minus(ORPHAN_AGE);
    boolean mayBeMore = true;
    for (int i = 0; mayBeMore && i < MOST_STEPS; i++) {
      int count = store.events().publishOrphans(before, STEP);
      if (count > 0) {
        listener.orphansPublished(count);
      }
      mayBeMore = count == STEP;
    }
    published.run();
  }

  private void readLedger() {
    // By the store's clock: one of this process that is ahead would pass over what others learn.
    Instant now = store.subscriptions().now();
    Instant since = readAt.isBefore(now) ? readAt : now;
    long nanos = nanoClock.getAsLong();
    Map<SubscriptionKey, SubscriptionTimes> changed =
        store
            .subscriptions()
            .closedAndChangedSince(
                since.equals(Instant.EPOCH) ? since : since.minus(OVERLAP),
                SubscriptionLedger.CLOSED);
    ledger.learn(changed, changed.size() < SubscriptionLedger.CLOSED, nanos);
    readAt = now;
  }

  private void pruneAfter(Duration delay) {
    try {
      var ignored = pruner.schedule(this::pruneGuarded, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("the journal stops");
    }
  }

  private void pruneGuarded() {
    boolean mayBeMore = false;
    try {
      mayBeMore = state.isOpen() && store.prune(clock.instant().minus(retention), STEP);
    } catch (JournalUnavailableException e) {
      state.failed(e);
    } catch (RuntimeException | LinkageError e) {
      log.error("the retention of the journal failed unexpectedly", e);
    }
    pruneAfter(mayBeMore ? PRUNE_PAUSE : PRUNE_PERIOD);
  }

  /** Begins nothing more. */
  void stop() {
    timer.shutdown();
    pruner.shutdown();
  }

  /** Waits, for a bounded time, until nothing of this uses the store. */
  void awaitStop(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    boolean isOver =
        timer.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS)
            && pruner.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    if (!isOver) {
      timer.shutdownNow();
      pruner.shutdownNow();
    }
  }
}
