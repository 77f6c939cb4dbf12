package dev.wxnotify.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * Bounds the lines about connections and calls that are broken: whoever can connect can cause as
 * many of them as it likes. Of one logger and level the first {@link #LINES} are written, and of
 * those with a stack trace the first; the others are only counted, and told in one line when the
 * {@link #WINDOW} is over. The texts do not tell kinds apart, since they hold addresses.
 */
public final class LogBound extends TurboFilter {
  /** The most lines of one kind in a window. */
  static final int LINES = 20;

  /** Begins with the first line. */
  static final Duration WINDOW = Duration.ofSeconds(10);

  private static final List<String> BOUNDED =
      List.of("io.grpc.", "io.netty.", "dev.wxnotify.server.grpc.");
  private static final Marker COUNT = MarkerFactory.getDetachedMarker("count");

  private final @Nullable ScheduledExecutorService timer;

  /** What each open window has seen; there are no more of them than loggers times levels. */
  private final ConcurrentMap<Kind, Seen> windows = new ConcurrentHashMap<>();

  private record Kind(String logger, Level level) {}

  private record Seen(int lines, int traces) {
    Seen plus(boolean trace) {
      return new Seen(lines + 1, traces + (trace ? 1 : 0));
    }

    /** Whether the last one is to be written. */
    boolean isWithinBounds(boolean trace) {
      return trace ? traces == 1 : lines - traces <= LINES;
    }

    int left() {
      return Math.max(0, traces - 1) + Math.max(0, lines - traces - LINES);
    }
  }

  /** For Logback, whose timer ends the windows. */
  public LogBound() {
    this.timer = null;
  }

  LogBound(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] arguments,
      @Nullable Throwable fault) {
    if (format == null // Somebody asks whether it would be written.
        || marker == COUNT
        || !level.isGreaterOrEqual(logger.getEffectiveLevel())
        || BOUNDED.stream().noneMatch(logger.getName()::startsWith)) {
      return FilterReply.NEUTRAL;
    }
    boolean trace = fault != null;
    Kind kind = new Kind(logger.getName(), level);
    Seen seen =
        windows.compute(kind, (same, before) -> (before == null ? NONE : before).plus(trace));
    if (seen.lines == 1) {
      open(logger, kind);
    }
    return seen.isWithinBounds(trace) ? FilterReply.NEUTRAL : FilterReply.DENY;
  }

  private static final Seen NONE = new Seen(0, 0);

  private void open(Logger logger, Kind kind) {
    ScheduledExecutorService ends =
        timer == null ? getContext().getScheduledExecutorService() : timer;
    try {
      var ignored =
          ends.schedule(() -> close(logger, kind), WINDOW.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      windows.remove(kind); // The server stops, and what is written now is the last of it.
    }
  }

  private void close(Logger logger, Kind kind) {
    Seen seen = windows.remove(kind);
    if (seen != null && seen.left() > 0) {
      logger.log(
          COUNT,
          LogBound.class.getName(),
          Level.toLocationAwareLoggerInteger(kind.level),
          "{} more of the same kind within {} s",
          new Object[] {seen.left(), WINDOW.toSeconds()},
          null);
    }
  }
}
