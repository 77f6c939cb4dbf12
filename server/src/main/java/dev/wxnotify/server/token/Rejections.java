package dev.wxnotify.server.token;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What WeChat no longer takes, and how much saying so may cost. Not thread-safe: the cache uses it
 * under its lock.
 */
final class Rejections {
  /**
   * How often a rejection may cost a renewal. Beyond that the token is kept and the sends fail
   * truthfully: WeChat would reject the next token as well.
   */
  private static final int MOST = 5;

  private static final Duration WINDOW = Duration.ofMinutes(5);

  private final FetchBudget budget = new FetchBudget(MOST, WINDOW);

  /** Each send may be rejected: saying so each time would flood the log. */
  private final FetchBudget complaints = new FetchBudget(1, WINDOW);

  private @Nullable AccessToken last;

  /** Takes note of the token that was rejected. Returns whether that may cost a renewal. */
  boolean add(AccessToken token, Instant now) {
    if (!budget.trySpend(now)) {
      return false;
    }
    last = token;
    return true;
  }

  /** Returns what to complain of after too many; empty where that was done a moment ago. */
  Optional<String> complaint(Instant now) {
    return complaints.trySpend(now) ? Optional.of(budget.toString()) : Optional.empty();
  }

  /** Returns the token that was rejected last; null if none was, or if it was taken up again. */
  @Nullable AccessToken last() {
    return last;
  }

  /** This one is in use: where it is the one that was rejected, WeChat has vouched for it since. */
  void clear(AccessToken token) {
    if (last != null && last.isSameAs(token)) {
      last = null;
    }
  }
}
