package dev.wxnotify.web;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A host, and a port if one is given.
 *
 * @param host in lower case, without a dot at its end; an IPv6 address without its brackets
 * @param port −1 if none is given
 */
record HostAndPort(String host, int port, boolean isAddress) {
  private static final int MAX = 255 + 6;
  private static final Pattern IPV6 = Pattern.compile("\\[([0-9a-f:.]{2,45})](?::([0-9]{1,5}))?");
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");
  private static final Pattern NAME =
      Pattern.compile("([a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9_])?)\\.?(?::([0-9]{1,5}))?");

  /** Reads {@code host[:port]}; null for anything else. */
  static @Nullable HostAndPort parse(String text) {
    if (text.length() > MAX) {
      return null;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    Matcher ipv6 = IPV6.matcher(lower);
    if (ipv6.matches()) {
      String address = Ipv6.canonical(ipv6.group(1));
      return address == null ? null : of(address, ipv6.group(2), true);
    }
    Matcher name = NAME.matcher(lower);
    if (!name.matches()) {
      return null;
    }
    String host = name.group(1);
    return host.contains("..") ? null : of(host, name.group(2), IPV4.matcher(host).matches());
  }

  private static @Nullable HostAndPort of(String host, @Nullable String port, boolean isAddress) {
    int number = port == null ? -1 : Integer.parseInt(port);
    return number > 65535 ? null : new HostAndPort(host, number, isAddress);
  }
}
