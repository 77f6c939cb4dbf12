package dev.wxnotify.server.token;

/** The state of a token at a moment. */
public enum Freshness {
  /** Use it. */
  FRESH,
  /** Use it, and fetch a new one in the background. */
  STALE,
  /** Do not use it. */
  EXPIRED
}
