package dev.wxnotify.client;

import java.time.Duration;

/** The settings of a batch, copied from {@link BatchBuilder}. */
final class BatchRules {
  int window = 1024;
  long windowBytes = 16L * 1024 * 1024;
  int maxRetries;
  Duration longestRetryAfter = Duration.ZERO;
  Duration giveUpAfter = Duration.ofMinutes(5);
  Duration firstPause = Duration.ofMillis(200);
  Duration longestPause = Duration.ofSeconds(10);
  Duration streamLife = Duration.ofMinutes(10);
  boolean skipUnlessSubscribed;

  BatchRules copy() {
    BatchRules copy = new BatchRules();
    copy.window = window;
    copy.windowBytes = windowBytes;
    copy.maxRetries = maxRetries;
    copy.longestRetryAfter = longestRetryAfter;
    copy.giveUpAfter = giveUpAfter;
    copy.firstPause = firstPause;
    copy.longestPause = longestPause;
    copy.streamLife = streamLife;
    copy.skipUnlessSubscribed = skipUnlessSubscribed;
    return copy;
  }

  /**
   * Returns the pause before the next attempt to open a stream: twice as long after each failure,
   * and a random value between a half and the whole of that, so that many clients do not reconnect
   * at the same moment.
   *
   * @param failures in a row, from 0
   * @param random from 0 (included) to 1 (excluded)
   */
  Duration pause(int failures, double random) {
    double whole = firstPause.toNanos() * Math.pow(2, Math.min(failures, 30));
    double capped = Math.min(whole, (double) longestPause.toNanos());
    return Duration.ofNanos(Math.round(capped * (1 + random) / 2));
  }
}
