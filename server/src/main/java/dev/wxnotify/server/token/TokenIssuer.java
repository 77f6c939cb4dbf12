package dev.wxnotify.server.token;

import java.util.concurrent.CompletionStage;

/** Requests a token of one app from WeChat. */
@FunctionalInterface
public interface TokenIssuer {

  /** The mode of a token call. */
  enum Mode {
    /** The default: WeChat returns the same stable token while it is valid. */
    NORMAL,
    /**
     * Makes WeChat issue a new token although the old one is valid. Only for a token that WeChat
     * itself rejects: at most 20 a day, and not twice within 30 seconds (WeChat:
     * getStableAccessToken).
     */
    FORCED
  }

  /**
   * Makes one call, without retries of its own. The stage always completes normally, and within a
   * bounded time.
   */
  CompletionStage<IssueResult> issue(Mode mode);
}
