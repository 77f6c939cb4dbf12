package dev.wxnotify.sandbox;

import java.time.Duration;

/**
 * How long tokens live and when they change.
 *
 * @param ttl the lifetime of a token; WeChat: 7,200 s
 * @param grace how long an old token stays valid beside the new one, and how long before its end a
 *     stable token is replaced; WeChat: 300 s. In effect at most a sixth of the lifetime, or a
 *     short-lived token would be replaced at every call.
 * @param forceInterval a forced refresh sooner than this after the last changes nothing; WeChat: 30
 *     s
 * @param forcedPerDay how many forced refreshes an app has in a day; WeChat: 20
 * @param unknownToken the error for a token that was never issued here, 40001 or 40014; developers
 *     report both
 */
public record TokenRules(
    Duration ttl, Duration grace, Duration forceInterval, int forcedPerDay, int unknownToken) {

  /** What WeChat documents. */
  public static final TokenRules WECHAT =
      new TokenRules(
          Duration.ofSeconds(7200), Duration.ofSeconds(300), Duration.ofSeconds(30), 20, 40001);

  private static final int GRACE_PART = 6;

  /** Rejects invalid values. */
  public TokenRules {
    if (ttl.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("ttl: " + ttl + " (expected: at least 1 s)");
    }
    if (grace.isNegative() || forceInterval.isNegative()) {
      throw new IllegalArgumentException(
          "grace: " + grace + ", forceInterval: " + forceInterval + " (expected: not negative)");
    }
    if (unknownToken != ErrorTexts.INVALID_CREDENTIAL && unknownToken != ErrorTexts.INVALID_TOKEN) {
      throw new IllegalArgumentException(
          "unknownToken: " + unknownToken + " (expected: 40001 or 40014)");
    }
  }

  Duration graceInEffect() {
    Duration most = ttl.dividedBy(GRACE_PART);
    return grace.compareTo(most) < 0 ? grace : most;
  }
}
