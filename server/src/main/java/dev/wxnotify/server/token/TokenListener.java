package dev.wxnotify.server.token;

import dev.wxnotify.server.token.TokenIssuer.Mode;

/**
 * Hears what happens to tokens, so that it can be counted. It never drives logic: whatever a
 * listener does, or fails to do, no token fares differently.
 *
 * <p>It is called on the threads that WeChat's and Redis's answers arrive on, by several at once:
 * it must be thread-safe and never wait. No lock is held meanwhile. What it throws is logged and
 * forgotten.
 */
public interface TokenListener {
  /** Hears nothing. */
  TokenListener NONE = new TokenListener() {};

  /**
   * Hears what WeChat answered to one token call.
   *
   * @param appId the app that the token is for
   */
  default void fetched(String appId, Mode mode, IssueResult result) {}

  /** Hears that WeChat no longer takes the app's current token, and that it was dropped. */
  default void rejected(String appId) {}
}
