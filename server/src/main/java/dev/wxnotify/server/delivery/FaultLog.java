package dev.wxnotify.server.delivery;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults of this server in the middle of messages, with their stack traces. Every message may meet
 * the same one, and its outcome is logged in any case: one trace in a while is enough.
 */
final class FaultLog {
  static final Duration PAUSE = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(FaultLog.class);

  private final LongSupplier nanoClock;
  private final AtomicLong nextNanos;

  /** Creates a log that has written nothing yet; {@code nanoClock} as {@link System#nanoTime}. */
  FaultLog(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.nextNanos = new AtomicLong(nanoClock.getAsLong());
  }

  void write(String what, Throwable fault) {
    long now = nanoClock.getAsLong();
    long next = nextNanos.get();
    if (now - next >= 0 && nextNanos.compareAndSet(next, now + PAUSE.toNanos())) {
      log.error("{}; further failures within {} s are not logged", what, PAUSE.toSeconds(), fault);
    }
  }
}
