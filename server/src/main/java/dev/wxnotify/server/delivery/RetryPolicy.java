package dev.wxnotify.server.delivery;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How often and after what pause a message is sent again that WeChat has surely not taken. Few and
 * jittered: the caller is waiting, and a busy WeChat is not helped by more calls.
 */
public final class RetryPolicy {
  /**
   * The most attempts at one message, the first included; the one retry after a token refresh comes
   * on top.
   */
  static final int MAX_ATTEMPTS = 3;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final int GROWTH = 3;

  private final DoubleSupplier random;

  /**
   * Creates a policy.
   *
   * @param random numbers from 0 (inclusive) to 1 (exclusive)
   */
  public RetryPolicy(DoubleSupplier random) {
    this.random = random;
  }

  boolean allowsAnother(int attemptsSoFar) {
    return attemptsSoFar < MAX_ATTEMPTS;
  }

  /** Returns the pause after {@code attemptsSoFar} attempts: 50 to 100 ms, then 150 to 300 ms. */
  Duration pauseAfter(int attemptsSoFar) {
    long longest = FIRST_PAUSE.toMillis();
    for (int i = 1; i < attemptsSoFar; i++) {
      longest *= GROWTH;
    }
    return Duration.ofMillis(longest / 2 + (long) (longest / 2.0 * random.getAsDouble()));
  }
}
