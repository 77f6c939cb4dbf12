package dev.wxnotify.cli;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a time: one of the calendar with its offset, or how long ago it was. */
final class TimeConverter implements ITypeConverter<Timestamp> {
  private static final Pattern AGO = Pattern.compile("(\\d{1,9})([smhd])");

  @Override
  public Timestamp convert(String value) {
    Matcher ago = AGO.matcher(value);
    if (ago.matches()) {
      return timestamp(Instant.now().minus(duration(Long.parseLong(ago.group(1)), ago.group(2))));
    }
    try {
      // Not protobuf's own parser, which takes the 30th of February for the 2nd of March.
      return timestamp(OffsetDateTime.parse(value).toInstant());
    } catch (DateTimeParseException e) {
      throw new TypeConversionException(
          "'"
              + value
              + "' (expected: a time such as 2026-03-01T08:00:00+08:00, or 30s, 15m, 2h or"
              + " 7d for how long ago)");
    }
  }

  private static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  private static Duration duration(long number, String unit) {
    return switch (unit) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }
}
