package dev.wxnotify.server.token;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to make no token calls after one failed: doubling, with jitter so that replicas spread
 * out. A refusal that only the operator can correct waits longer from the start. Not thread-safe:
 * the cache uses it under its lock.
 */
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Duration FIRST_REFUSED = Duration.ofSeconds(10);
  private static final Duration LONGEST_REFUSED = Duration.ofMinutes(5);
  private static final int MOST_DOUBLINGS = 16;

  private final DoubleSupplier random;
  private final Duration most;
  private int failures;

  /**
   * @param random numbers from 0 (inclusive) to 1 (exclusive)
   */
  Backoff(DoubleSupplier random) {
    this(random, LONGEST_REFUSED);
  }

  /**
   * @param random numbers from 0 (inclusive) to 1 (exclusive)
   * @param most the longest pause, where asking costs little
   */
  Backoff(DoubleSupplier random, Duration most) {
    this.random = random;
    this.most = most;
  }

  void reset() {
    failures = 0;
  }

  /** Counts one more failure and returns how long to wait now: between half and all of the step. */
  Duration next(IssueResult.Failure failure) {
    boolean refused =
        failure instanceof IssueResult.Refused r
            && r.kind() == IssueResult.Refused.Kind.CREDENTIALS;
    Duration first = refused ? FIRST_REFUSED : FIRST;
    Duration longest = refused ? LONGEST_REFUSED : LONGEST;
    Duration step = first.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS));
    failures++;
    long millis = Math.min(most.toMillis(), Math.min(step.toMillis(), longest.toMillis()));
    return Duration.ofMillis(millis / 2 + (long) (millis / 2.0 * random.getAsDouble()));
  }
}
