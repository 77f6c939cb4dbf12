package dev.wxnotify.web;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Times, as people read them. */
final class Times {
  private static final DateTimeFormatter EXACT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xxx");

  private Times() {}

  static String exact(Instant time, ZoneId zone) {
    return EXACT.format(time.atZone(zone));
  }

  /** In whole units, rounded down; {@code web.js} does the same while the page is open. */
  static String ago(Instant time, Instant now, Texts.Words words) {
    Duration ago = Duration.between(time, now);
    boolean future = ago.isNegative();
    long seconds = ago.abs().toSeconds();
    String kind = future ? "in" : "ago";
    if (seconds < 5) {
      return words.get("web.time.now");
    }
    if (seconds < 60) {
      return words.get("web.time." + kind + ".seconds", seconds);
    }
    if (seconds < 3600) {
      return words.get("web.time." + kind + ".minutes", seconds / 60);
    }
    if (seconds < 2 * 86400) {
      return words.get("web.time." + kind + ".hours", seconds / 3600);
    }
    return words.get("web.time." + kind + ".days", seconds / 86400);
  }
}
