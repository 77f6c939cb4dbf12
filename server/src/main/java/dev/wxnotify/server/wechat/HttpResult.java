package dev.wxnotify.server.wechat;

import org.jspecify.annotations.Nullable;

/** The result of one HTTP request. */
sealed interface HttpResult {

  /**
   * A complete answer.
   *
   * @param status the HTTP status, whatever it is
   * @param answer the content of the body; null if it cannot be read
   * @param body the body itself; null unless the request asked for it
   */
  record Answered(int status, @Nullable WeChatAnswer answer, @Nullable AnswerBody body)
      implements HttpResult {}

  /** Certainly no byte of the request was written. */
  record NotWritten(String explanation) implements HttpResult {}

  /** The request was written, at least in part, and no complete answer came. */
  record Broken(String explanation) implements HttpResult {}
}
