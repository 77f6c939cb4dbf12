package dev.wxnotify.server;

import dev.wxnotify.server.wechat.EgressProxy;
import dev.wxnotify.server.wechat.WeChatHttpClient;
import dev.wxnotify.server.wechat.WeChatTokenIssuer;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks what is said of the way to WeChat. */
final class WeChatSettingsReader {
  private static final String PROXY = "wxnotify.wechat.proxy";
  private static final String PROXY_PASSWORD_FILE = "wxnotify.wechat.proxy-password-file";

  private final Mistakes mistakes;

  WeChatSettingsReader(Mistakes mistakes) {
    this.mistakes = mistakes;
  }

  /** Returns null where there is no address of WeChat, which is told then. */
  WeChatHttpClient.@Nullable Settings settings(ServerConfig.WeChat weChat) {
    URI baseUrl = baseUrl(weChat.baseUrl());
    EgressProxy proxy = weChat.proxy().map(url -> proxy(url, weChat)).orElse(null);
    if (proxy != null && baseUrl != null && baseUrl.getScheme().equalsIgnoreCase("http")) {
      mistakes.add(PROXY, "is for https only: over http the proxy would see the AppSecret");
    }
    mistakes.positive("wxnotify.wechat.connect-timeout", weChat.connectTimeout());
    mistakes.positive("wxnotify.wechat.request-timeout", weChat.requestTimeout());
    mistakes.positive("wxnotify.wechat.max-connection-age", weChat.maxConnectionAge());
    mistakes.atLeast("wxnotify.wechat.max-connections", weChat.maxConnections(), 2);
    return baseUrl == null
        ? null
        : new WeChatHttpClient.Settings(
            baseUrl,
            proxy,
            weChat.connectTimeout(),
            weChat.requestTimeout(),
            weChat.maxConnections(),
            weChat.maxConnectionAge());
  }

  /** The AppSecret travels on this connection: without TLS it may not leave the machine. */
  private @Nullable URI baseUrl(String text) {
    String key = "wxnotify.wechat.base-url";
    URI url = uri(text);
    if (url == null
        || url.getHost() == null
        || url.getRawQuery() != null
        || url.getRawFragment() != null
        || url.getRawUserInfo() != null
        || url.getPort() > Mistakes.MAX_PORT) {
      mistakes.add(key, "expected: https://host[:port][/path]");
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

  private @Nullable EgressProxy proxy(String text, ServerConfig.WeChat weChat) {
    URI url = uri(text);
    if (url == null
        || !"http".equals(url.getScheme())
        || url.getHost() == null
        || url.getPort() < 1
        || url.getPort() > Mistakes.MAX_PORT
        || !(url.getRawPath().isEmpty() || url.getRawPath().equals("/"))
        || url.getRawQuery() != null
        || url.getRawFragment() != null) {
      mistakes.add(PROXY, "expected: http://[user:password@]host:port, percent-encoded");
      return null;
    }
    return new EgressProxy(hostOf(url), url.getPort(), credentials(url.getRawUserInfo(), weChat));
  }

  private EgressProxy.@Nullable Credentials credentials(
      @Nullable String userInfo, ServerConfig.WeChat weChat) {
    String file = weChat.proxyPasswordFile().orElse(null);
    if (userInfo == null) {
      if (file != null) {
        mistakes.add(PROXY_PASSWORD_FILE, "needs a user in wxnotify.wechat.proxy");
      }
      return null;
    }
    int colon = userInfo.indexOf(':');
    String user = decode(colon < 0 ? userInfo : userInfo.substring(0, colon));
    if (user.isEmpty() || user.indexOf(':') >= 0) {
      mistakes.add(PROXY, "the user is empty or has a colon in it");
    }
    if (colon >= 0 && file != null) {
      mistakes.add(PROXY_PASSWORD_FILE, "the password is in wxnotify.wechat.proxy already");
    } else if (colon < 0 && file == null) {
      mistakes.add(
          PROXY, "has a user without a password (in it, or in " + PROXY_PASSWORD_FILE + ")");
    }
    String password = colon < 0 ? "" : decode(userInfo.substring(colon + 1));
    if (file != null) {
      String secret = mistakes.secret(PROXY_PASSWORD_FILE, file);
      password = secret == null ? "" : secret;
    }
    return new EgressProxy.Credentials(user, password);
  }

  /** By the rules of URLs, where a plus sign is one. */
  private static String decode(String percentEncoded) {
    return URLDecoder.decode(percentEncoded.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Returns the file of the proxy's password, to be watched; null for none. */
  @Nullable Path proxyPasswordFile(ServerConfig.WeChat weChat) {
    if (weChat.proxy().isEmpty() && weChat.proxyPasswordFile().isPresent()) {
      mistakes.add(PROXY_PASSWORD_FILE, "needs wxnotify.wechat.proxy");
    }
    return weChat
        .proxyPasswordFile()
        .map(file -> mistakes.path(PROXY_PASSWORD_FILE, file))
        .orElse(null);
  }

  /** An IPv6 address is in brackets in a URL and nowhere else. */
  private static String hostOf(URI url) {
    String host = url.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
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
