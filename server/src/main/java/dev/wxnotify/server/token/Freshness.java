package dev.wxnotify.server.token;

/** How a token stands at a moment. */
public enum Freshness {
  /** Use it. */
  FRESH,
  /** Use it, and have a new one fetched meanwhile. */
  STALE,
  /** Do not use it. */
  EXPIRED
}
