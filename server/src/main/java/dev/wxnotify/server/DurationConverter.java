package dev.wxnotify.server;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * Reads durations in common forms: {@code 500ms}, {@code 2s}, {@code 5m}, {@code 1h}, or ISO-8601.
 * Its errors do not repeat the value.
 */
final class DurationConverter implements Converter<Duration> {
  private static final long serialVersionUID = 1L;

  private static final Pattern SHORT_FORM = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h)");
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L);

  @Override
  public Duration convert(String value) {
    Matcher matcher = SHORT_FORM.matcher(value.strip());
    if (matcher.matches()) {
      return Duration.ofMillis(
          Long.parseLong(matcher.group(1)) * MILLIS.getOrDefault(matcher.group(2), 1L));
    }
    try {
      return Duration.parse(value.strip());
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("expected: a duration such as 500ms, 2s, 5m or 1h", e);
    }
  }
}
