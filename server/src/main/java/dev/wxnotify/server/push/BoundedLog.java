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
    long now = nanoClock.getAsLong();
    Kind kind = new Kind(appId, what);
    Long before = last.get(kind);
    if (before != null && now - before < PAUSE.toNanos()) {
      return;
    }
    boolean isMine =
        before == null ? last.putIfAbsent(kind, now) == null : last.replace(kind, before, now);
    if (isMine) {
      log.warn("app {}: {}; further ones within {} are only counted", appId, what, PAUSE);
    }
  }

  /** Reports a fault of this server, with its trace. */
  void error(String appId, Throwable fault) {
    long now = nanoClock.getAsLong();
    Kind kind = new Kind(appId, "fault");
    Long before = last.put(kind, now);
    if (before == null || now - before >= PAUSE.toNanos()) {
      log.error("app {}: a push could not be processed", appId, fault);
    } else {
      last.put(kind, before);
    }
  }
}
