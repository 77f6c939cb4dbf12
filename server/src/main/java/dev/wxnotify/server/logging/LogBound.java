package dev.wxnotify.server.logging;

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
 * Limits the log lines about broken connections and calls: every client that can connect can cause
 * any number of them. For each logger and level the first {@link #LINES} in a {@link #WINDOW} are
 * written, and of lines with a stack trace the first one in a {@link #TRACE_WINDOW}. The others are
 * only counted, and reported in one line at the end of the window. The texts do not distinguish
 * kinds, since they contain addresses.
 */
public final class LogBound extends TurboFilter {
  /** The maximum number of lines of one kind in a window. */
  static final int LINES = 20;

  /** The length of a window, which begins with its first line. */
  static final Duration WINDOW = Duration.ofSeconds(10);

  /** The same for lines with a stack trace, of which one is written. */
  static final Duration TRACE_WINDOW = Duration.ofMinutes(1);

  private static final List<String> BOUNDED =
      List.of("io.grpc.", "io.netty.", "dev.wxnotify.server.grpc.");
  private static final Marker COUNT = MarkerFactory.getDetachedMarker("count");

  private final @Nullable ScheduledExecutorService timer;

  /** The number of lines in each open window; there are few loggers and levels. */
  private final ConcurrentMap<Kind, Integer> windows = new ConcurrentHashMap<>();

  private record Kind(String logger, Level level, boolean trace) {
    int most() {
      return trace ? 1 : LINES;
    }

    Duration window() {
      return trace ? TRACE_WINDOW : WINDOW;
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
    if (format == null // A query whether the line would be written.
        || marker == COUNT
        || !level.isGreaterOrEqual(logger.getEffectiveLevel())
        || BOUNDED.stream().noneMatch(logger.getName()::startsWith)) {
      return FilterReply.NEUTRAL;
    }
    Kind kind = new Kind(logger.getName(), level, fault != null);
    int seen = windows.merge(kind, 1, Integer::sum);
    if (seen == 1) {
      open(logger, kind);
    }
    return seen <= kind.most() ? FilterReply.NEUTRAL : FilterReply.DENY;
  }

  private void open(Logger logger, Kind kind) {
    ScheduledExecutorService ends =
        timer == null ? getContext().getScheduledExecutorService() : timer;
    try {
      var ignored =
          ends.schedule(() -> close(logger, kind), kind.window().toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      windows.remove(kind); // The server is stopping, and this is one of its last lines.
    }
  }

  private void close(Logger logger, Kind kind) {
    Integer seen = windows.remove(kind);
    if (seen != null && seen > kind.most()) {
      logger.log(
          COUNT,
          LogBound.class.getName(),
          Level.toLocationAwareLoggerInteger(kind.level),
          "{} more of the same kind within {} s",
          new Object[] {seen - kind.most(), kind.window().toSeconds()},
          null);
    }
  }
}
