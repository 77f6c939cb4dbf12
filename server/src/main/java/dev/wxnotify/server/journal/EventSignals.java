package dev.wxnotify.server.journal;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells watchers that there may be new events.
 *
 * <pre>
 *   whenAfter ─▶ waits ─▶ look: the store's last position ─▶ beyond that of the waiter? ─▶ its task
 *                          ▲ at once, after each publish, or, for a store that others write
 *                          │ to as well, every 250 ms while anybody waits
 * </pre>
 *
 * <p>No signal is lost: a waiter is on record before a look is asked for, an event is visible
 * before one is; and a look that is asked for while another is due is that one, which has not read
 * the position yet.
 *
 * <p>Concurrency: a set of waiters; all looks and tasks run on one thread, which exists while
 * somebody waits.
 */
final class EventSignals {
  static final Duration POLL = Duration.ofMillis(250);

  private static final Logger log = LoggerFactory.getLogger(EventSignals.class);

  private final EventStore store;
  private final StoreState state;
  private final boolean isShared;
  private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean isDue = new AtomicBoolean();
  private final ScheduledThreadPoolExecutor runner = JournalThreads.timer("watch", 1);

  private final class Waiter implements AutoCloseable {
    private final long position;
    private final Runnable task;

    Waiter(long position, Runnable task) {
      this.position = position;
      this.task = task;
    }

    void wake() {
      if (waiters.remove(this)) {
        try {
          task.run();
        } catch (RuntimeException e) {
          log.error("a watcher of events failed unexpectedly", e);
        }
      }
    }

    @Override
    public void close() {
      waiters.remove(this);
    }
  }

  EventSignals(EventStore store, StoreState state, boolean isShared) {
    this.store = store;
    this.state = state;
    this.isShared = isShared;
  }

  /** Runs a task once, as {@link EventFeed#whenAfter} does. */
  AutoCloseable whenAfter(long position, Runnable task) {
    Waiter waiter = new Waiter(position, task);
    waiters.add(waiter);
    lookSoon();
    return waiter;
  }

  /** Events may have become visible by this process. */
  void changed() {
    if (!isShared && !waiters.isEmpty()) {
      lookSoon();
    }
  }

  /** A shared store is asked by its period, however many come to wait. */
  private void lookSoon() {
    lookAfter(isShared ? POLL : Duration.ZERO);
  }

  private void lookAfter(Duration delay) {
    if (isDue.compareAndSet(false, true)) {
      try {
        var ignored = runner.schedule(this::look, delay.toNanos(), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        log.debug("the journal stops while events are watched");
      }
    }
  }

  private void look() {
    isDue.set(false);
    boolean looksAgain = isShared;
    try {
      if (!waiters.isEmpty()) {
        wakeThoseBefore(last());
      }
    } catch (RuntimeException e) {
      looksAgain = true; // The store is not available; all wait until it is.
    }
    if (looksAgain && !waiters.isEmpty()) {
      lookAfter(POLL);
    }
  }

  private long last() {
    if (!state.isOpen()) {
      throw state.unavailable();
    }
    return store.last();
  }

  private void wakeThoseBefore(long last) {
    for (Waiter each : waiters) {
      if (each.position < last) {
        each.wake();
      }
    }
  }

  void stop() {
    runner.shutdownNow();
    waiters.clear();
  }
}
