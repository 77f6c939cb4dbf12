package dev.wxnotify.sandbox;

/** The two kinds of token of an app; neither affects the other. */
public enum TokenKind {
  /** From {@code /cgi-bin/token}. */
  CLASSIC,
  /** From {@code /cgi-bin/stable_token}. */
  STABLE
}
