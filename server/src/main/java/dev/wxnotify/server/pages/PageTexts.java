package dev.wxnotify.server.pages;

import dev.wxnotify.web.Language;
import dev.wxnotify.web.Texts;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** The words of one page: texts, numbers and times in a viewer's language, seen from one moment. */
final class PageTexts {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final Duration SHORT = Duration.ofSeconds(1);

  private final Texts.Words words;
  private final Instant now;

  PageTexts(Texts.Words words, Instant now) {
    this.words = words;
    this.now = now;
  }

  Language language() {
    return words.language();
  }

  Texts.Words words() {
    return words;
  }

  Instant now() {
    return now;
  }

  /** Returns a text with values in it. */
  String get(String key, Object... values) {
    return words.get(key, values);
  }

  /** Returns a text whose key is made of data, or another one. */
  String getOr(String key, String otherwise) {
    return words.getOr(key, otherwise);
  }

  /** Returns a time for machines. */
  String iso(Instant at) {
    return at.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  /** Returns a time for people, in UTC; a script shows it in the viewer's zone. */
  String time(Instant at) {
    return TIME.format(at) + " UTC";
  }

  /** Returns how far away a time is. */
  String relative(Instant at) {
    Duration passed = Duration.between(at, now);
    return passed.isNegative() ? get("in", lasting(passed.negated())) : get("ago", lasting(passed));
  }

  /** Returns a duration in its two largest units, such as {@code 2 h 5 min}. */
  String lasting(Duration duration) {
    Duration length = duration.isNegative() ? Duration.ZERO : duration;
    if (length.compareTo(SHORT) < 0) {
      return length.isZero() ? unit("second", 0) : unit("milli", length.toMillis());
    }
    if (length.toDays() > 0) {
      return two("day", length.toDays(), "hour", length.toHoursPart());
    }
    if (length.toHours() > 0) {
      return two("hour", length.toHours(), "minute", length.toMinutesPart());
    }
    if (length.toMinutes() > 0) {
      return two("minute", length.toMinutes(), "second", length.toSecondsPart());
    }
    return unit("second", length.toSeconds());
  }

  private String two(String unit, long value, String smallerUnit, long smaller) {
    return smaller == 0
        ? unit(unit, value)
        : unit(unit, value) + " " + unit(smallerUnit, smaller);
  }

  private String unit(String unit, long value) {
    return get("unit." + unit, value);
  }

  /** Returns a number with marks between its thousands. */
  String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** Returns a number with one digit after the point where it is small. */
  String number(double value) {
    return value >= 100 || value == Math.rint(value)
        ? number(Math.round(value))
        : String.format(Locale.ROOT, "%.1f", value);
  }

  /** Returns a part of a whole, in percent. */
  String share(long part, long whole) {
    return whole == 0 ? "–" : number(100.0 * part / whole) + " %";
  }
}
