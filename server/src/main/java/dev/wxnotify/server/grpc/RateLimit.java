package dev.wxnotify.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many messages one caller may begin per second: on average, and after a pause as many at once
 * as a second brings. Single calls that come too early are refused; items of batches wait, first
 * come, first served, and leave a quarter of a second's worth to the single calls.
 *
 * <p>Concurrency: all state changes under {@link #lock}; waiting tasks run outside of it, on the
 * timer's thread.
 */
final class RateLimit {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final int RESERVED_PART = 4;

  private final long cost;
  private final long reserved;
  private final LongSupplier nanoClock;
  private final ScheduledExecutorService timer;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Queue<Runnable> waiting = new ArrayDeque<>();

  /** The time that was not used, at most a second; a message costs its part of one. */
  @GuardedBy("lock")
  private long credit = SECOND;

  @GuardedBy("lock")
  private long countedAt;

  /**
   * Creates a limit with a second's worth of credit.
   *
   * @param nanoClock as {@link System#nanoTime}
   * @param timer runs what waits
   */
  RateLimit(int perSecond, LongSupplier nanoClock, ScheduledExecutorService timer) {
    if (perSecond < 1) {
      throw new IllegalArgumentException("perSecond: " + perSecond + " (expected: >= 1)");
    }
    this.cost = Math.max(1, SECOND / perSecond);
    this.reserved = Math.min(SECOND / RESERVED_PART, SECOND - cost);
    this.nanoClock = nanoClock;
    this.timer = timer;
    this.countedAt = nanoClock.getAsLong();
  }

  /** Lets a single call in and returns zero, or returns how long it is until one may come in. */
  Duration tryAcquire() {
    synchronized (lock) {
      return Duration.ofNanos(take(0));
    }
  }

  /**
   * Runs {@code task} as soon as an item of a batch may begin: now, on this thread, or later.
   *
   * @param task must not throw
   */
  void acquire(Runnable task) {
    synchronized (lock) {
      long wait = waiting.isEmpty() ? take(reserved) : 0;
      if (wait > 0 || !waiting.isEmpty()) {
        waiting.add(task);
        if (waiting.size() == 1) {
          letInAfter(wait);
        }
        return;
      }
    }
    task.run();
  }

  private void letIn() {
    List<Runnable> next = new ArrayList<>();
    synchronized (lock) {
      long wait = 0;
      while (!waiting.isEmpty() && wait == 0) {
        wait = take(reserved);
        if (wait == 0) {
          next.add(waiting.remove());
        }
      }
      if (!waiting.isEmpty()) {
        letInAfter(wait);
      }
    }
    next.forEach(Runnable::run);
  }

  @GuardedBy("lock")
  private void letInAfter(long nanos) {
    var ignored = timer.schedule(this::letIn, nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * Takes the cost of one message and returns zero, or returns the nanoseconds until it could.
   *
   * @param left the credit that must be left
   */
  @GuardedBy("lock")
  private long take(long left) {
    long now = nanoClock.getAsLong();
    credit = Math.min(SECOND, credit + (now - countedAt));
    countedAt = now;
    long missing = cost + left - credit;
    if (missing > 0) {
      return missing;
    }
    credit -= cost;
    return 0;
  }
}
