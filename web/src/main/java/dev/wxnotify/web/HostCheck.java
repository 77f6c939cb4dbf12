package dev.wxnotify.web;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which names a browser may use for this server: addresses, {@code localhost} and configured names,
 * with any port. A page of somebody else could give its own name the address of this server (DNS
 * rebinding); its requests then carry that name, and are refused.
 */
public final class HostCheck {
  private final Set<String> names;

  /**
   * Creates a check.
   *
   * @param names more names that are allowed, without ports
   */
  public HostCheck(Set<String> names) {
    this.names =
        names.stream()
            .map(name -> withoutDot(name.strip().toLowerCase(Locale.ROOT)))
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Whether a host is allowed.
   *
   * @param host the {@code Host} header
   */
  public boolean allows(@Nullable String host) {
    HostAndPort parsed = host == null ? null : HostAndPort.parse(host);
    if (parsed == null) {
      return false;
    }
    String name = parsed.host();
    return parsed.isAddress() || name.equals("localhost") || names.contains(name);
  }

  /** The refusal of a request (403), or nothing. */
  public Optional<PageAnswer.Whole> refusal(PageRequest request) {
    if (allows(request.header("host"))) {
      return Optional.empty();
    }
    return Optional.of(
        PageAnswer.text(
            403,
            "This Host is not allowed. Use an IP address, localhost, or a name that the"
                + " configuration allows."));
  }

  /** Whether a text is a name or an address without a port, as the constructor takes it. */
  public static boolean isName(String text) {
    HostAndPort parsed = HostAndPort.parse(text);
    return parsed != null && parsed.port() < 0;
  }

  private static String withoutDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }
}
