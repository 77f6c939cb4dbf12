package dev.wxnotify.server.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The forms of the URLs on the way to WeChat. */
final class WeChatUrls {
  private WeChatUrls() {}

  /** The AppSecret travels on this connection: without TLS it may not leave the machine. */
  static URI baseUrl(String text) throws WrongValueException {
    URI url = anyBaseUrl(text);
    if (isInClear(url)) {
      throw new WrongValueException(
          "http is for loopback addresses only, since the AppSecret travels on it");
    }
    return url;
  }

  /** Tells whether what is sent to {@code url} leaves the machine without TLS. */
  static boolean isInClear(URI url) {
    return url.getScheme().equalsIgnoreCase("http") && !isLoopback(url.getHost());
  }

  /** The token travels on this connection; the query may hold what the endpoint asks for. */
  static URI tokenUrl(String text) throws WrongValueException {
    URI url = uri(text);
    if (url == null
        || url.getHost() == null
        || url.getRawFragment() != null
        || url.getRawUserInfo() != null
        || url.getPort() > Types.MAX_PORT
        || !url.toString().equals(url.toASCIIString())) {
      throw new WrongValueException(
          "expected: https://host[:port][/path][?query]; a user is not supported: use"
              + " token.bearer-token");
    }
    checkScheme(url);
    if (isInClear(url)) {
      throw new WrongValueException(
          "http is for loopback addresses only, since the access token travels on it");
    }
    return url;
  }

  private static void checkScheme(URI url) throws WrongValueException {
    String scheme = url.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new WrongValueException("expected: the scheme https");
    }
  }

  /** With or without TLS. */
  static URI anyBaseUrl(String text) throws WrongValueException {
    URI url = uri(text);
    if (url == null
        || url.getHost() == null
        || url.getRawQuery() != null
        || url.getRawFragment() != null
        || url.getRawUserInfo() != null
        || url.getPort() > Types.MAX_PORT) {
      throw new WrongValueException("expected: https://host[:port][/path]");
    }
    checkScheme(url);
    return url;
  }

  static URI proxy(String text) throws WrongValueException {
    URI url = uri(text);
    if (url == null
        || !"http".equals(url.getScheme())
        || url.getHost() == null
        || url.getPort() < 1
        || url.getPort() > Types.MAX_PORT
        || !(url.getRawPath().isEmpty() || url.getRawPath().equals("/"))
        || url.getRawQuery() != null
        || url.getRawFragment() != null) {
      throw new WrongValueException("expected: http://[user:password@]host:port, percent-encoded");
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
}
