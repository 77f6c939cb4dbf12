package dev.wxnotify.cli;

import java.time.Duration;

/** Formats durations for people. */
final class Durations {
  private Durations() {}

  static String text(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 1) {
      return duration.toMillis() + " ms";
    }
    if (seconds < 60) {
      return String.format("%d.%d s", seconds, duration.toMillisPart() / 100);
    }
    if (seconds < 3600) {
      return String.format("%d min %02d s", seconds / 60, seconds % 60);
    }
    return String.format("%d h %02d min", seconds / 3600, seconds % 3600 / 60);
  }
}
