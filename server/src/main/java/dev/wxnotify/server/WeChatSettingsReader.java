package dev.wxnotify.server;

import dev.wxnotify.server.wechat.WeChatHttpClient;
import dev.wxnotify.server.wechat.WeChatTokenIssuer;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks what is said of the way to WeChat. */
final class WeChatSettingsReader {
  private final Mistakes mistakes;

  WeChatSettingsReader(Mistakes mistakes) {
    this.mistakes = mistakes;
  }

  /** Returns null where there is no address of WeChat, which is told then. */
  WeChatHttpClient.@Nullable Settings settings(ServerConfig.WeChat weChat) {
    URI baseUrl = baseUrl(weChat.baseUrl());
    URI proxy = weChat.proxy().map(this::proxy).orElse(null);
    if (proxy != null && baseUrl != null && baseUrl.getScheme().equalsIgnoreCase("http")) {
      mistakes.add(
          "wxnotify.wechat.proxy",
          "is for https only: over http the proxy would see the AppSecret");
    }
    mistakes.positive("wxnotify.wechat.connect-timeout", weChat.connectTimeout());
    mistakes.positive("wxnotify.wechat.request-timeout", weChat.requestTimeout());
    mistakes.atLeast("wxnotify.wechat.max-connections", weChat.maxConnections(), 2);
    return baseUrl == null
        ? null
        : new WeChatHttpClient.Settings(
            baseUrl,
            proxy,
            weChat.connectTimeout(),
            weChat.requestTimeout(),
            weChat.maxConnections());
  }

  /** The AppSecret travels on this connection: without TLS it may not leave the machine. */
  private @Nullable URI baseUrl(String text) {
    String key = "wxnotify.wechat.base-url";
    URI url = uri(text);
    if (url == null
        || url.getHost() == null
        || !(url.getPath().isEmpty() || url.getPath().equals("/"))
        || url.getRawQuery() != null
        || url.getRawUserInfo() != null
        || url.getPort() > Mistakes.MAX_PORT) {
      mistakes.add(key, "expected: https://host[:port] without a path");
      return null;
    }
    String scheme = url.getScheme().toLowerCase(Locale.ROOT);
    if (scheme.equals("http") && !isLoopback(url.getHost())) {
      mistakes.add(key, "http is for loopback addresses only, since the AppSecret travels on it");
      return null;
    }
    if (!scheme.equals("http") && !scheme.equals("https")) {
      mistakes.add(key, "expected: the scheme https");
      return null;
    }
    return url;
  }

  private @Nullable URI proxy(String text) {
    URI url = uri(text);
    if (url == null
        || !"http".equals(url.getScheme())
        || url.getHost() == null
        || url.getPort() < 1
        || url.getPort() > Mistakes.MAX_PORT) {
      mistakes.add("wxnotify.wechat.proxy", "expected: http://host:port");
      return null;
    }
    return url;
  }

  private static @Nullable URI uri(String text) {
    try {
      URI uri = new URI(text.strip());
      return uri.getScheme() == null ? null : uri;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** By its form and not by asking DNS, whose answer may be another one later. */
  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
  }

  WeChatTokenIssuer.Endpoint endpoint(String text) {
    return switch (text) {
      case "stable" -> WeChatTokenIssuer.Endpoint.STABLE;
      case "classic" -> WeChatTokenIssuer.Endpoint.CLASSIC;
      default -> {
        mistakes.add("wxnotify.wechat.token-endpoint", "expected: stable or classic");
        yield WeChatTokenIssuer.Endpoint.STABLE;
      }
    };
  }
}
