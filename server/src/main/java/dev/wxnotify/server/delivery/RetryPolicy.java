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
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final int GROWTH = 3;

  /** Long enough for a quota of WeChat's that begins anew every minute. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

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

  /**
   * Tells whether an item of a batch that WeChat throttles, for {@code sinceTheFirstTime} now, is
   * kept for another try. Nobody waits for an item as for a single call, and the pace of the app
   * limits all tries together, so that it is time that counts and not their number.
   */
  boolean keepsThrottled(Duration sinceTheFirstTime) {
    return sinceTheFirstTime.compareTo(PATIENCE) < 0;
  }

  /**
   * Returns the pause after {@code attemptsSoFar} attempts: 50 to 100 ms, then 150 to 300 ms, and
   * so on up to 5 to 10 s.
   */
  Duration pauseAfter(int attemptsSoFar) {
    long longest = FIRST_PAUSE.toMillis();
    for (int i = 1; i < attemptsSoFar && longest < LONGEST_PAUSE.toMillis(); i++) {
      longest *= GROWTH;
    }
    longest = Math.min(longest, LONGEST_PAUSE.toMillis());
    return Duration.ofMillis(longest / 2 + (long) (longest / 2.0 * random.getAsDouble()));
  }
}
