package dev.wxnotify.web;

import java.util.Locale;

/** The colours of the pages. */
public enum Scheme {
  /** As the browser or its system is set. */
  AUTO,
  LIGHT,
  DARK;

  /** As in {@code data-scheme="dark"}. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
