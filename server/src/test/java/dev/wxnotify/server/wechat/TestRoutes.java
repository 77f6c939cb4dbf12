package dev.wxnotify.server.wechat;

import dev.wxnotify.server.wechat.WeChatEndpoints.Route;

/** The ways to a WeChat for the tests of one client. */
final class TestRoutes {
  private TestRoutes() {}

  /** Returns routes of which all use {@code http}. */
  static Routes by(WeChatHttpClient http) {
    return (path, token, query) -> new Route(http, http.address(path, TokenQuery.of(token, query)));
  }
}
