package dev.wxnotify.server.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A clock that never moves by itself. Wall time and {@link #nanos} show the same time. Thread-safe.
 */
public final class FakeClock implements InstantSource {
  /** The initial time: in the middle of a second, so that nothing is round by chance. */
  public static final Instant START = Instant.parse("2026-03-01T08:00:00.123456789Z");

  /** As with {@link System#nanoTime}, the number itself has no meaning; here it even overflows. */
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
   * Advances the time and runs nothing. If tasks are scheduled, use {@link FakeScheduler#advance}
   * instead.
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

  /** Advances the time to {@code nanos} since the start, unless it is already later. */
  void advanceTo(long nanos) {
    elapsed.accumulateAndGet(nanos, Math::max);
  }
}
