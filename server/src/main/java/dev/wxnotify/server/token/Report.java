package dev.wxnotify.server.token;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What follows when another system says that WeChat refused a token of this server. */
public sealed interface Report {

  /** The token is not the current one: nothing follows. */
  record OfOtherToken() implements Report {}

  /**
   * There were too many reports, or WeChat refuses every token: nothing follows.
   *
   * @param retryAfter when the next report may be made
   */
  record TooOften(Duration retryAfter) implements Report {}

  /**
   * The token is dropped.
   *
   * @param result what comes of its renewal, as from {@link TokenCache#acquire}; the reporter's own
   */
  record Renewed(CompletableFuture<TokenResult> result) implements Report {}
}
