package dev.wxnotify.server.wechat;

import org.jspecify.annotations.Nullable;

/** What came of one HTTP request. */
sealed interface HttpResult {

  /**
   * A whole answer.
   *
   * @param status the HTTP status, whatever it is
   * @param answer what the body says; null where it cannot be read
   */
  record Answered(int status, @Nullable WeChatAnswer answer) implements HttpResult {}

  /** No byte of the request was written, surely. */
  record NotWritten(String explanation) implements HttpResult {}

  /** The request was written, at least in part, and no whole answer came. */
  record Broken(String explanation) implements HttpResult {}
}
