package dev.wxnotify.benchmark.load;

/** When a load ends: after a number of messages, or after a time. */
final class Limit {
  private final long messages;
  private final boolean timed;
  private final long endNanos;

  /** Starts the time now. */
  Limit(Load load) {
    this.messages = load.messages() == 0 ? Long.MAX_VALUE : load.messages();
    this.timed = load.seconds() > 0;
    this.endNanos = System.nanoTime() + (long) (load.seconds() * 1e9);
  }

  /** Returns whether message {@code index}, counted from zero, is beyond the limit. */
  boolean isReached(long index, long nowNanos) {
    return index >= messages || (timed && nowNanos - endNanos >= 0);
  }
}
