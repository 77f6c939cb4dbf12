package dev.wxnotify.server.wechat;

import dev.wxnotify.server.token.AccessToken;
import org.jspecify.annotations.Nullable;

/** Finds the ways to the API. */
@FunctionalInterface
interface Routes {
  /**
   * Returns the way to an endpoint of the API, with the token presented as its source demands; to
   * be created once and used often.
   *
   * @param path begins with a slash
   * @param query the rest of the query, percent-encoded; null for none
   */
  WeChatEndpoints.Route route(String path, AccessToken token, @Nullable String query);

  /** Returns another number when a way that was created before may lead elsewhere now. */
  default int generation() {
    return 0;
  }
}
