package dev.wxnotify.server.config;

import dev.wxnotify.server.wechat.WeChatTokenIssuer;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** The keys of the way to WeChat. */
final class WeChatKeys {
  static final Key<URI> BASE_URL =
      Key.of(
          "wxnotify.wechat.base-url",
          ValueType.of("URL without user, query and fragment", WeChatUrls::baseUrl),
          "https://api.weixin.qq.com",
          "where WeChat is. A path, that of a relay, comes before the paths of the API. `http://`"
              + " is for loopback addresses only, since the AppSecret travels on it");

  static final Key<URI> PROXY =
      Key.optional(
          "wxnotify.wechat.proxy",
          ValueType.of("URL", WeChatUrls::proxy).secret(),
          "`http://[user:password@]host:port` of an egress proxy; user and password are"
              + " percent-encoded. Only for an `https://` base URL: otherwise the proxy would see"
              + " the AppSecret");

  static final Key<SecretFile> PROXY_PASSWORD_FILE =
      Key.optional(
          "wxnotify.wechat.proxy-password-file",
          Types.SECRET_FILE,
          "a file that holds the proxy's password, which is then not in the URL; read again when it"
              + " changes. It needs a user in `wxnotify.wechat.proxy`");

  static final Key<WeChatTokenIssuer.Endpoint> TOKEN_ENDPOINT =
      Key.of(
          "wxnotify.wechat.token-endpoint",
          Types.oneOf(WeChatTokenIssuer.Endpoint.class),
          "stable",
          "`stable` (`/cgi-bin/stable_token`) or `classic` (`/cgi-bin/token`, which supersedes the"
              + " old token at every fetch)");

  static final Key<Integer> TOKEN_CALLS_PER_HOUR =
      Key.of(
          "wxnotify.wechat.token-calls-per-hour",
          Types.integerFrom(1),
          "150",
          "the most token calls of any hour for one app, whatever goes wrong");

  static final Key<Duration> CONNECT_TIMEOUT =
      Key.of(
          "wxnotify.wechat.connect-timeout",
          Types.DURATION,
          "2s",
          "longest time to open a connection");

  static final Key<Duration> REQUEST_TIMEOUT =
      Key.of(
          "wxnotify.wechat.request-timeout",
          Types.DURATION,
          "5s",
          "longest time from the start of a request to the end of its answer");

  static final Key<Integer> MAX_CONNECTIONS =
      Key.of(
          "wxnotify.wechat.max-connections",
          Types.integerFrom(2),
          "512",
          "the most messages on their way to WeChat at once");

  static final Key<Duration> MAX_CONNECTION_AGE =
      Key.of(
          "wxnotify.wechat.max-connection-age",
          Types.DURATION,
          "5m",
          "how long a connection to WeChat is used at most, busy or not, so that a changed address"
              + " is followed");

  static final Section SECTION =
      new Section(
          "WeChat",
          List.of(
              BASE_URL,
              PROXY,
              PROXY_PASSWORD_FILE,
              TOKEN_ENDPOINT,
              TOKEN_CALLS_PER_HOUR,
              CONNECT_TIMEOUT,
              REQUEST_TIMEOUT,
              MAX_CONNECTIONS,
              MAX_CONNECTION_AGE));

  private WeChatKeys() {}
}
