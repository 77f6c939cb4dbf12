package dev.wxnotify.server.token;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that WeChat rejected, and how many renewals rejections may cost. Not thread-safe: the
 * cache uses it under its lock.
 */
final class Rejections {
  /**
   * How many rejections may cost a renewal. Beyond that the token is kept and the sends fail with
   * their true error: WeChat would reject the next token as well.
   */
  private static final int MOST = 5;

  private static final Duration WINDOW = Duration.ofMinutes(5);

  private final FetchBudget budget = new FetchBudget(MOST, WINDOW);

  /** Each send may be rejected: an error for each would flood the log. */
  private final FetchBudget complaints = new FetchBudget(1, WINDOW);

  private @Nullable AccessToken last;

  /** Records a rejected token. Returns whether the rejection may cost a renewal. */
  boolean add(AccessToken token, Instant now) {
    if (!budget.trySpend(now)) {
      return false;
    }
    last = token;
    return true;
  }

  /** Returns how long it is until a rejection may cost a renewal again. */
  Duration untilNext(Instant now) {
    return budget.untilNext(now);
  }

  /** Returns the exceeded limit for the log; empty where it was logged recently. */
  Optional<String> complaint(Instant now) {
    return complaints.trySpend(now) ? Optional.of(budget.toString()) : Optional.empty();
  }

  /** Returns the token that was rejected last; null if none was, or if it is in use again. */
  @Nullable AccessToken last() {
    return last;
  }

  /** Records that this token is in use: if it was rejected, WeChat has issued it again since. */
  void clear(AccessToken token) {
    if (last != null && last.isSameAs(token)) {
      last = null;
    }
  }
}
