package dev.wxnotify.web;

import java.util.Locale;

/** What the colour of a badge or of a message says. The text says it too. */
public enum Tone {
  OK,
  WARN,
  BAD,
  INFO,
  NEUTRAL;

  /** As in {@code class="badge ok"}. */
  public String cssClass() {
    return name().toLowerCase(Locale.ROOT);
  }
}
