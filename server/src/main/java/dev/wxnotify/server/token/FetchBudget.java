package dev.wxnotify.server.token;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Limits how often something happens within any period of a given length: the last defence against
 * a storm that uses up the daily quota, whatever goes wrong.
 */
final class FetchBudget {
  private final int limit;
  private final Duration window;
  private final Deque<Instant> spent = new ArrayDeque<>();

  FetchBudget(int limit, Duration window) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: >= 1)");
    }
    this.limit = limit;
    this.window = window;
  }

  /** Spends one call if the window that ends {@code now} has one left. */
  synchronized boolean trySpend(Instant now) {
    if (left(now) == 0) {
      return false;
    }
    spent.addLast(now);
    return true;
  }

  /** Returns how many calls the window that ends {@code now} has left. */
  synchronized int left(Instant now) {
    while (!spent.isEmpty() && !spent.getFirst().plus(window).isAfter(now)) {
      spent.removeFirst();
    }
    return limit - spent.size();
  }

  /** Returns how long it is until the next call is left; zero if one is left now. */
  synchronized Duration untilNext(Instant now) {
    return left(now) > 0 ? Duration.ZERO : Duration.between(now, spent.getFirst().plus(window));
  }

  @Override
  public String toString() {
    return limit + " in " + window;
  }
}
