package dev.wxnotify.cli;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number of seconds, such as {@code 2.5}, as the deadline of a call. */
final class SecondsConverter implements ITypeConverter<Duration> {
  private static final double MIN = 0.001;
  private static final double MAX = 86_400;
  private static final int MILLIS = 1_000;

  @Override
  public Duration convert(String value) {
    double seconds = seconds(value);
    if (!(seconds >= MIN && seconds <= MAX)) { // NaN too.
      throw mistake(value);
    }
    return Duration.ofMillis(Math.round(seconds * MILLIS));
  }

  private static double seconds(String value) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw mistake(value);
    }
  }

  private static TypeConversionException mistake(String value) {
    return new TypeConversionException(
        "'" + value + "' (expected: a number of seconds, from 0.001 to 86400)");
  }
}
