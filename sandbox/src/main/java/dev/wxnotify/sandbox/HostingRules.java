package dev.wxnotify.sandbox;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the sandbox plays WeChat's cloud hosting, whose containers call without an app's own token.
 *
 * @param appId the app that the environment belongs to; null for the only app of the sandbox
 * @param tokenFile where the hosting's token is written, which callers pass as {@code
 *     cloudbase_access_token}; null for none
 * @param refresh how often the token changes; WeChat: ten minutes
 * @param ttl how long each token is valid; WeChat: thirty minutes
 * @param openInterface true to accept calls without any token, as the sidecar of the "open
 *     interface" does
 */
public record HostingRules(
    @Nullable String appId,
    @Nullable Path tokenFile,
    Duration refresh,
    Duration ttl,
    boolean openInterface) {

  /** No cloud hosting. */
  public static final HostingRules NONE =
      new HostingRules(null, null, Duration.ofMinutes(10), Duration.ofMinutes(30), false);

  /** Rejects times that are not positive. */
  public HostingRules {
    if (refresh.isNegative() || refresh.isZero() || ttl.isNegative() || ttl.isZero()) {
      throw new IllegalArgumentException(
          "refresh: " + refresh + ", ttl: " + ttl + " (expected: above 0)");
    }
  }

  /** A token file that changes at WeChat's times, for the only app. */
  public static HostingRules file(Path tokenFile) {
    return new HostingRules(null, tokenFile, NONE.refresh, NONE.ttl, false);
  }

  /** Calls without a token, for the only app. */
  public static HostingRules open() {
    return new HostingRules(null, null, NONE.refresh, NONE.ttl, true);
  }

  /** The same, for the app {@code appId}. */
  public HostingRules of(String appId) {
    return new HostingRules(appId, tokenFile, refresh, ttl, openInterface);
  }

  /** The same, with other times. */
  public HostingRules times(Duration refresh, Duration ttl) {
    return new HostingRules(appId, tokenFile, refresh, ttl, openInterface);
  }

  boolean isOn() {
    return tokenFile != null || openInterface;
  }
}
