package dev.wxnotify.server.delivery;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * The approximate number of events within the last second: the current second counts in full, and
 * the one before it by the part that still lies within a second from now.
 *
 * <p>Concurrency: counting is an addition to a striped counter, without a lock; one compare-and-set
 * a second begins the next window. Events at that very moment may be lost.
 */
final class RecentCount {
  private static final long WINDOW_NANOS = 1_000_000_000;

  private record Window(long startNanos, long before, LongAdder count) {}

  private final AtomicReference<Window> window;

  RecentCount(long nowNanos) {
    this.window = new AtomicReference<>(new Window(nowNanos, 0, new LongAdder()));
  }

  void add(long nowNanos) {
    windowAt(nowNanos).count.increment();
  }

  long at(long nowNanos) {
    Window now = windowAt(nowNanos);
    double passed = Math.min(1, Math.max(0, (nowNanos - now.startNanos) / (double) WINDOW_NANOS));
    return now.count.sum() + (long) (now.before * (1 - passed));
  }

  private Window windowAt(long nowNanos) {
    Window current = window.get();
    long age = nowNanos - current.startNanos;
    if (age < WINDOW_NANOS) {
      return current;
    }
    long before = age < 2 * WINDOW_NANOS ? current.count.sum() : 0;
    long start = nowNanos - age % WINDOW_NANOS;
    Window next = new Window(start, before, new LongAdder());
    return window.compareAndSet(current, next) ? next : window.get();
  }
}
