package dev.wxnotify.server.config;

import dev.wxnotify.server.wechat.EgressProxy;
import dev.wxnotify.server.wechat.WeChatHttpClient;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the way to WeChat. */
final class WeChatReader {
  private final Reading reading;

  WeChatReader(Reading reading) {
    this.reading = reading;
  }

  WeChatHttpClient.Settings read() {
    URI baseUrl = reading.get(WeChatKeys.BASE_URL);
    Optional<URI> proxy = reading.find(WeChatKeys.PROXY);
    if (proxy.isPresent() && baseUrl.getScheme().equalsIgnoreCase("http")) {
      reading.mistake(
          WeChatKeys.PROXY, "is for https only: over http the proxy would see the AppSecret");
    }
    if (!reading.has(WeChatKeys.PROXY) && reading.has(WeChatKeys.PROXY_PASSWORD_FILE)) {
      reading.mistake(WeChatKeys.PROXY_PASSWORD_FILE, "needs " + WeChatKeys.PROXY.name());
    }
    return new WeChatHttpClient.Settings(
        baseUrl,
        proxy.map(this::proxy).orElse(null),
        reading.get(WeChatKeys.CONNECT_TIMEOUT),
        reading.get(WeChatKeys.REQUEST_TIMEOUT),
        reading.get(WeChatKeys.MAX_CONNECTIONS),
        reading.get(WeChatKeys.MAX_CONNECTION_AGE));
  }

  /** Returns the file of the proxy's password, to be watched; null for none. */
  @Nullable Path proxyPasswordFile() {
    return reading.find(WeChatKeys.PROXY_PASSWORD_FILE).map(SecretFile::path).orElse(null);
  }

  private EgressProxy proxy(URI url) {
    return new EgressProxy(hostOf(url), url.getPort(), credentials(url.getRawUserInfo()));
  }

  private EgressProxy.@Nullable Credentials credentials(@Nullable String userInfo) {
    boolean hasFile = reading.has(WeChatKeys.PROXY_PASSWORD_FILE);
    if (userInfo == null) {
      if (hasFile) {
        reading.mistake(
            WeChatKeys.PROXY_PASSWORD_FILE, "needs a user in " + WeChatKeys.PROXY.name());
      }
      return null;
    }
    int colon = userInfo.indexOf(':');
    String user = decode(colon < 0 ? userInfo : userInfo.substring(0, colon));
    if (user.isEmpty() || user.indexOf(':') >= 0) {
      reading.mistake(WeChatKeys.PROXY, "the user is empty or has a colon in it");
    }
    if (colon >= 0 && hasFile) {
      reading.mistake(
          WeChatKeys.PROXY_PASSWORD_FILE,
          "the password is in " + WeChatKeys.PROXY.name() + " already");
    } else if (colon < 0 && !hasFile) {
      reading.mistake(
          WeChatKeys.PROXY,
          "has a user without a password (in it, or in "
              + WeChatKeys.PROXY_PASSWORD_FILE.name()
              + ")");
    }
    String inUrl = colon < 0 ? "" : decode(userInfo.substring(colon + 1));
    return new EgressProxy.Credentials(
        user, reading.find(WeChatKeys.PROXY_PASSWORD_FILE).map(SecretFile::secret).orElse(inUrl));
  }

  /** By the rules of URLs, where a plus sign is one. */
  private static String decode(String percentEncoded) {
    return URLDecoder.decode(percentEncoded.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** An IPv6 address is in brackets in a URL and nowhere else. */
  private static String hostOf(URI url) {
    String host = url.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
