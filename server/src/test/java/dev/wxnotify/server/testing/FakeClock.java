package dev.wxnotify.server.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A clock that never moves by itself. Wall time and {@link #nanos} tell the same time. Thread-safe.
 */
public final class FakeClock implements InstantSource {
  /** What the clock shows at first: in the middle of a second, so that nothing is round by luck. */
  public static final Instant START = Instant.parse("2026-03-01T08:00:00.123456789Z");

  /** As with {@link System#nanoTime}, the number itself means nothing; here it even overflows. */
  private static final long FIRST_NANOS = Long.MAX_VALUE - 1_000;

  private final AtomicLong elapsed = new AtomicLong();

  @Override
  public Instant instant() {
    return START.plusNanos(elapsed.get());
  }

  /** Returns a stand-in for {@link System#nanoTime} that follows this clock. */
  public LongSupplier nanos() {
    return () -> FIRST_NANOS + elapsed.get();
  }

  /**
   * Moves the time on and runs nothing. Where tasks wait for their time, move it by {@link
   * FakeScheduler#advance}.
   */
  public void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("by: " + by + " (expected: >= 0)");
    }
    elapsed.addAndGet(by.toNanos());
  }

  long elapsedNanos() {
    return elapsed.get();
  }

  /** Moves the time on to {@code nanos} since the start, unless it is later already. */
  void advanceTo(long nanos) {
    elapsed.accumulateAndGet(nanos, Math::max);
  }
}
