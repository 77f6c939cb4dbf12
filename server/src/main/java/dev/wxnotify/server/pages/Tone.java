package dev.wxnotify.server.pages;

import java.util.Locale;

/** How something is coloured, which is never the only sign of what it says. */
enum Tone {
  /** It works. */
  OK,
  /** It works, and somebody should look. */
  WARN,
  /** It does not work. */
  BAD,
  /** Neither. */
  NEUTRAL;

  /** Returns the name in the style sheet. */
  String css() {
    return name().toLowerCase(Locale.ROOT);
  }
}
