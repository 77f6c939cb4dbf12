package dev.wxnotify.web;

import java.util.HashMap;
import java.util.Map;

/** The headers of all pages. */
public final class PageHeaders {
  /**
   * Nothing from another host, no script and no style within a page, no frame around it. Lines of a
   * curve are drawn on a canvas, which needs nothing.
   */
  public static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none';"
          + " object-src 'none'";

  /**
   * Other hosts hear nothing. With {@code no-referrer}, browsers send {@code Origin: null} with the
   * forms of our own pages, which {@link OriginCheck} refuses.
   */
  private static final String REFERRER_POLICY = "same-origin";

  private static final Map<String, String> ALWAYS =
      Map.of(
          "Content-Security-Policy",
          CONTENT_SECURITY_POLICY,
          "X-Content-Type-Options",
          "nosniff",
          "Referrer-Policy",
          REFERRER_POLICY,
          "Cross-Origin-Resource-Policy",
          "same-origin");

  private static final Map<String, String> PAGES = with(ALWAYS, "Cache-Control", "no-store");

  private PageHeaders() {}

  /** Those of pages, parts and events: they show what somebody sent, so nobody keeps them. */
  public static Map<String, String> ofPages() {
    return PAGES;
  }

  /** Those of assets, without {@code Cache-Control}. */
  static Map<String, String> ofAssets() {
    return ALWAYS;
  }

  private static Map<String, String> with(Map<String, String> some, String name, String value) {
    Map<String, String> all = new HashMap<>(some);
    all.put(name, value);
    return Map.copyOf(all);
  }
}
