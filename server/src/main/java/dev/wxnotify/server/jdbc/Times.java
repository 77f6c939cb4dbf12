package dev.wxnotify.server.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Times as the databases keep them: microseconds since 1970, which both order and index as one. */
final class Times {
  private static final long PER_SECOND = 1_000_000;
  private static final int NANOS = 1_000;

  private Times() {}

  /** Cuts what is below a microsecond. Counts by itself: {@link ChronoUnit} may count in nanos. */
  static long micros(Instant time) {
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond(), PER_SECOND), time.getNano() / NANOS);
  }

  static @Nullable Long microsOrNull(@Nullable Instant time) {
    return time == null ? null : micros(time);
  }

  static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /** Reads a column that may be NULL. */
  static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
    long micros = row.getLong(column);
    return row.wasNull() ? null : instant(micros);
  }
}
