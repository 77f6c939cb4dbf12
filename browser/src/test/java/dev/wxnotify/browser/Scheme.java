package dev.wxnotify.browser;

import java.util.Locale;

/** What a system prefers. */
enum Scheme {
  LIGHT,
  DARK;

  /** Returns it as CSS does. */
  String css() {
    return name().toLowerCase(Locale.ROOT);
  }
}
