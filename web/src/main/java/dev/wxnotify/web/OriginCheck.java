package dev.wxnotify.web;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who may change state: pages of this server, and clients that are no browser. A browser names the
 * page that sends a POST in {@code Origin} and {@code Sec-Fetch-Site}, which no script can change.
 */
public final class OriginCheck {
  private static final Pattern ORIGIN = Pattern.compile("(https?)://([^/?#@\\\\\\s]+)");

  /** Another port of this host is the same site, and another origin. */
  private static final Set<String> OTHER_SITES = Set.of("cross-site", "same-site");

  /** Creates a check. */
  public OriginCheck() {}

  /** The refusal of a request (403), or nothing. Requests that change nothing are not refused. */
  public Optional<PageAnswer.Whole> refusal(PageRequest request) {
    if (request.isSafe()) {
      return Optional.empty();
    }
    String site = request.header("sec-fetch-site");
    if (site != null && OTHER_SITES.contains(site.strip().toLowerCase(Locale.ROOT))) {
      return Optional.of(refused());
    }
    String origin = request.header("origin");
    String host = request.header("host");
    if (origin == null || (host != null && isSame(origin.strip(), host.strip()))) {
      return Optional.empty();
    }
    return Optional.of(refused());
  }

  private static boolean isSame(String origin, String host) {
    Matcher parts = ORIGIN.matcher(origin.toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      return false;
    }
    HostAndPort from = HostAndPort.parse(parts.group(2));
    HostAndPort here = HostAndPort.parse(host);
    if (from == null || here == null) {
      return false;
    }
    // Behind a proxy that ends TLS the scheme of this server is not known: that of the page counts.
    int usual = parts.group(1).equals("https") ? 443 : 80;
    return from.host().equals(here.host()) && port(from, usual) == port(here, usual);
  }

  private static int port(HostAndPort of, int usual) {
    return of.port() < 0 ? usual : of.port();
  }

  private static PageAnswer.Whole refused() {
    return PageAnswer.text(
        403, "A page of another origin may not change anything here (Origin, Sec-Fetch-Site).");
  }
}
