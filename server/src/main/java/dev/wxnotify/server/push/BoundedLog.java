package dev.wxnotify.server.push;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warnings about pushes: one a minute for each app and kind, however many strangers make. The
 * metrics count all of them.
 */
final class BoundedLog {
  static final Duration PAUSE = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(BoundedLog.class);

  private final LongSupplier nanoClock;
  private final Map<Kind, Long> last = new ConcurrentHashMap<>();

  private record Kind(String appId, String what) {}

  /** Creates a log that has written nothing yet; {@code nanoClock} as {@link System#nanoTime}. */
  BoundedLog(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * Warns.
   *
   * @param what a constant: it tells kinds apart, and is written; nothing of the push is in it
   */
  void warn(String appId, String what) {
    if (isDue(new Kind(appId, what))) {
      log.warn("app {}: {}; further ones within a minute are only counted", appId, what);
    }
  }

  /** Reports a fault of this server, with its trace. */
  void error(String appId, Throwable fault) {
    if (isDue(new Kind(appId, "fault"))) {
      log.error("app {}: a push could not be processed", appId, fault);
    }
  }

  private boolean isDue(Kind kind) {
    long now = nanoClock.getAsLong();
    Long before = last.get(kind);
    return before == null
        ? last.putIfAbsent(kind, now) == null
        : now - before >= PAUSE.toNanos() && last.replace(kind, before, now);
  }
}
