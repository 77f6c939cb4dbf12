package dev.wxnotify.server.token;

import dev.wxnotify.server.token.TokenIssuer.Mode;

/**
 * Receives what happens to tokens, so that it can be counted. It never drives logic: nothing that a
 * listener does, or fails to do, affects a token.
 *
 * <p>It is called concurrently on the threads that receive WeChat's and Redis's answers: it must be
 * thread-safe and never block. The caller holds no lock. Exceptions are logged and ignored.
 */
public interface TokenListener {
  /** Ignores everything. */
  TokenListener NONE = new TokenListener() {};

  /**
   * Receives WeChat's answer to one token call.
   *
   * @param appId the app that the token is for
   */
  default void fetched(String appId, Mode mode, IssueResult result) {}

  /** Receives that WeChat rejected the app's current token, and that it was dropped. */
  default void rejected(String appId) {}

  /**
   * Receives that the token was read where another system keeps it.
   *
   * @param found whether there was one
   */
  default void read(String appId, boolean found) {}

  /** What another system asks of this server's tokens. */
  enum Request {
    /** The token itself. */
    GET,
    /** To renew one that WeChat refused. */
    REJECT
  }

  /**
   * Receives that another system asked for a token, or reported one.
   *
   * @param granted whether it got what it asked for
   */
  default void requested(String appId, Request request, boolean granted) {}
}
