package dev.wxnotify.server.token;

import java.util.concurrent.CompletionStage;

/** Asks WeChat for a token of one app. */
@FunctionalInterface
public interface TokenIssuer {

  /** How to ask. */
  enum Mode {
    /** As always: a stable token comes back as it is while it lives. */
    NORMAL,
    /**
     * Makes WeChat issue a new token even though the old one lives. Only for a token that WeChat
     * itself no longer takes: at most 20 a day, and not twice within 30 seconds (WeChat:
     * getStableAccessToken).
     */
    FORCED
  }

  /**
   * Asks once, without retries of its own. The stage always completes normally, and within a
   * bounded time.
   */
  CompletionStage<IssueResult> issue(Mode mode);
}
