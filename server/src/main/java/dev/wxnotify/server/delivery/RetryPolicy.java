package dev.wxnotify.server.delivery;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How often, and after which pause, a message is sent again that WeChat has certainly not taken.
 * Retries are few and jittered: the caller is waiting, and more calls do not help a busy WeChat.
 */
public final class RetryPolicy {
  /**
   * The maximum number of attempts for one message, the first included; the one retry after a token
   * refresh is additional.
   */
  static final int MAX_ATTEMPTS = 3;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final int GROWTH = 3;

  /** Long enough for a quota that WeChat resets every minute. */
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
   * Tells whether an item of a batch that WeChat has throttled for {@code sinceTheFirstTime} is
   * kept for another try. No caller waits for an item as for a single call, and the pace of the app
   * limits all tries together. So time counts, and not the number of tries.
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
