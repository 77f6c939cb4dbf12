package dev.wxnotify.server.pages;

import dev.wxnotify.web.Language;
import dev.wxnotify.web.Page;
import java.time.Duration;
import java.util.Locale;

/** Texts, durations and shares in the language of one page. */
final class PageTexts {
  private static final Duration SHORT = Duration.ofSeconds(1);

  private final Page page;

  PageTexts(Page page) {
    this.page = page;
  }

  Language language() {
    return page.language();
  }

  /** Returns a text with values in it. */
  String get(String key, Object... values) {
    return page.text(key, values);
  }

  /** Returns a text whose key is made of data, or another one. */
  String getOr(String key, String otherwise) {
    return page.textOr(key, otherwise);
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
    return smaller == 0 ? unit(unit, value) : unit(unit, value) + " " + unit(smallerUnit, smaller);
  }

  private String unit(String unit, long value) {
    return get("unit." + unit, value);
  }

  /** Returns a number with one digit after the point where it is small. */
  String number(double value) {
    return value >= 100 || value == Math.rint(value)
        ? page.number(Math.round(value))
        : String.format(Locale.ROOT, "%.1f", value);
  }

  /** Returns a part of a whole, in percent. */
  String share(long part, long whole) {
    return whole == 0 ? "–" : number(100.0 * part / whole) + "%";
  }
}
