package dev.wxnotify.benchmark.load;

import java.util.concurrent.atomic.AtomicLong;

/**
 * When a load ends: after a number of messages, or after a time, which begins with the first
 * message. So the time that a connection takes is not part of it, and a load has one message at
 * least. Thread-safe.
 */
final class Limit {
  private final long messages;
  private final boolean timed;
  private final long lengthNanos;

  /** Zero before the first message. */
  private final AtomicLong endNanos = new AtomicLong();

  Limit(Load load) {
    this.messages = load.messages() == 0 ? Long.MAX_VALUE : load.messages();
    this.timed = load.seconds() > 0;
    this.lengthNanos = (long) (load.seconds() * 1e9);
  }

  /** Returns whether message {@code index}, counted from zero, is beyond the limit. */
  boolean isReached(long index, long nowNanos) {
    return index >= messages || (timed && nowNanos - end(nowNanos) >= 0);
  }

  private long end(long nowNanos) {
    if (endNanos.get() == 0) {
      endNanos.compareAndSet(0, nowNanos + lengthNanos);
    }
    return endNanos.get();
  }
}
