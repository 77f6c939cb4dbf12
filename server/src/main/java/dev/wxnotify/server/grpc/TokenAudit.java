package dev.wxnotify.server.grpc;

import dev.wxnotify.server.token.TokenListener;
import dev.wxnotify.server.token.TokenListener.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts each call of a caller that may have tokens on record: one line in the log, and the count.
 * The log bounds the lines of this package, which any client can cause; these have a logger of
 * their own, since none of them may be missing.
 */
final class TokenAudit {
  private static final Logger log = LoggerFactory.getLogger("dev.wxnotify.server.audit");

  private final TokenListener listener;

  TokenAudit(TokenListener listener) {
    this.listener = listener;
  }

  /**
   * Records the end of a call.
   *
   * @param appId empty where the caller named none that it may use
   * @param detail what was reported; empty for none
   * @param end the fingerprint of the token, or why there was none; never a token
   */
  void record(
      Request request, Caller caller, String appId, String detail, String end, boolean granted) {
    String app = appId.isEmpty() ? "no known app" : "app " + appId;
    switch (request) {
      case GET -> log.info("{}: {} asked for the token: {}", app, caller.described(), end);
      case REJECT ->
          log.info(
              "{}: {} reported a token that WeChat refused{}: {}",
              app,
              caller.described(),
              detail,
              end);
    }
    if (!appId.isEmpty()) {
      listener.requested(appId, request, granted);
    }
  }
}
