package dev.wxnotify.server.token;

import java.time.Duration;
import java.time.Instant;

/**
 * Determines the state of a token, as a pure function of the clock and two margins.
 *
 * <pre>
 *   received                              expiresAt - staleMargin    expiresAt - expiryMargin   expiresAt
 *      |------------------ FRESH ------------------|------- STALE -------|------ EXPIRED ------|
 * </pre>
 *
 * <p>The stale margin must be below WeChat's overlap of five minutes: a stable token requested
 * earlier comes back unchanged, and a later request leaves both the old and the new one valid
 * (WeChat: getStableAccessToken). Both margins shrink with a short lifetime, since a stable token
 * may arrive with 300 seconds left.
 *
 * @param staleMargin the longest time before the end at which renewal begins
 * @param expiryMargin the longest time before the end from which the token is no longer used, so
 *     that it does not expire during a request
 */
public record TokenPolicy(Duration staleMargin, Duration expiryMargin) {

  /** The margins for WeChat's tokens: renewal begins four minutes before the end. */
  public static final TokenPolicy DEFAULT =
      new TokenPolicy(Duration.ofMinutes(4), Duration.ofSeconds(10));

  private static final int STALE_PART = 8;
  private static final int EXPIRY_PART = 20;

  /** Rejects margins that would leave no time for renewal. */
  public TokenPolicy {
    if (expiryMargin.isNegative() || staleMargin.compareTo(expiryMargin) <= 0) {
      throw new IllegalArgumentException(
          "staleMargin: " + staleMargin + " (expected: > expiryMargin " + expiryMargin + ")");
    }
  }

  /**
   * When one token changes its state.
   *
   * @param staleAt when renewal begins
   * @param unusableAt when it is no longer used
   */
  record Lifetime(Instant staleAt, Instant unusableAt) {
    Freshness at(Instant now) {
      if (!now.isBefore(unusableAt)) {
        return Freshness.EXPIRED;
      }
      return now.isBefore(staleAt) ? Freshness.FRESH : Freshness.STALE;
    }
  }

  /** Computes the times of a token: once for each token, and not for each message. */
  Lifetime lifetimeOf(AccessToken token) {
    Duration life = token.life();
    return new Lifetime(
        token.expiresAt().minus(shorter(staleMargin, life.dividedBy(STALE_PART))),
        token.expiresAt().minus(shorter(expiryMargin, life.dividedBy(EXPIRY_PART))));
  }

  Freshness freshness(AccessToken token, Instant now) {
    return lifetimeOf(token).at(now);
  }

  Instant staleAt(AccessToken token) {
    return lifetimeOf(token).staleAt;
  }

  Instant unusableAt(AccessToken token) {
    return lifetimeOf(token).unusableAt;
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
