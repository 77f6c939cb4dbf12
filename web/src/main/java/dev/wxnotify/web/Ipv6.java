package dev.wxnotify.web;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Literal IPv6 addresses. */
final class Ipv6 {
  private Ipv6() {}

  /**
   * One form for each address, or null for what is none.
   *
   * @param text hex digits, colons and dots only, so that nobody looks up a name
   */
  static @Nullable String canonical(String text) {
    if (text.indexOf(':') < 0) {
      return null;
    }
    try {
      InetAddress address = InetAddress.getByName("[" + text + "]");
      // An IPv4 address in IPv6 form becomes an IPv4 address.
      return address instanceof Inet6Address ? address.getHostAddress() : text;
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
