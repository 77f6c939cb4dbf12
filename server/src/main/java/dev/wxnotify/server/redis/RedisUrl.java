package dev.wxnotify.server.redis;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of Redis, checked as a whole. Lettuce accepts many invalid hosts, and the JDK's
 * {@link URI} finds neither user nor password if there are several hosts.
 *
 * @param text as configured; it may contain a password
 * @param isCluster whether it is the address of a cluster
 * @param user the user, decoded
 * @param hasPassword whether it contains a password
 */
record RedisUrl(String text, boolean isCluster, Optional<String> user, boolean hasPassword) {
  private static final int MAX_PORT = 65_535;

  private static final Pattern FORM =
      Pattern.compile(
          "rediss?(?<kind>-sentinel|-cluster)?://(?:(?<login>[^@/?#]*)@)?(?<hosts>[^@/?#]+)"
              + "(?:/\\d{0,9})?(?:\\?(?<query>[^#]*))?(?:#(?<master>.+))?");

  private static final Pattern HOST =
      Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+(?:%\\w+)?])(?::(?<port>\\d{1,5}))?");

  /** Returns the address; empty if {@code text} has no supported form. */
  static Optional<RedisUrl> of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || !isUri(text)) {
      return Optional.empty();
    }
    String kind = form.group("kind") == null ? "" : form.group("kind");
    String[] hosts = form.group("hosts").split(",", -1);
    boolean isOne = kind.isEmpty();
    boolean isSentinel = kind.equals("-sentinel");
    for (String host : hosts) {
      if (!isHost(host)) {
        return Optional.empty();
      }
    }
    if ((isOne && hosts.length > 1) || isSentinel != namesMaster(form)) {
      return Optional.empty();
    }
    String login = form.group("login") == null ? "" : form.group("login");
    int colon = login.indexOf(':');
    String user = colon < 0 ? login : login.substring(0, colon);
    return Optional.of(
        new RedisUrl(
            text,
            kind.equals("-cluster"),
            user.isEmpty() ? Optional.empty() : Optional.of(decoded(user)),
            colon >= 0 && colon < login.length() - 1));
  }

  private static boolean namesMaster(Matcher form) {
    String query = form.group("query");
    return form.group("master") != null || (query != null && query.contains("sentinelMasterId="));
  }

  private static boolean isHost(String text) {
    Matcher host = HOST.matcher(text);
    if (!host.matches()) {
      return false;
    }
    String port = host.group("port");
    return port == null || (Integer.parseInt(port) > 0 && Integer.parseInt(port) <= MAX_PORT);
  }

  private static boolean isUri(String text) {
    try {
      return new URI(text).getRawAuthority() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** A plus stands for itself in this part of a URL. */
  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Never contains the text, which may contain a password. */
  @Override
  public String toString() {
    return "RedisUrl[" + (isCluster ? "cluster" : "") + "]";
  }
}
