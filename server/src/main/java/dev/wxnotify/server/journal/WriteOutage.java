package dev.wxnotify.server.journal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports a time in which records of messages are not written: once when it begins, with the cause,
 * and once when it is over, with how many were lost.
 */
final class WriteOutage {
  private static final Logger log = LoggerFactory.getLogger(WriteOutage.class);

  private final LongSupplier nanoClock;
  private final LongAdder dropped = new LongAdder();
  private final Object lock = new Object();

  @GuardedBy("lock")
  private @Nullable Long beganNanos;

  /** How many were dropped when everything was last reported. */
  @GuardedBy("lock")
  private long reported;

  WriteOutage(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** A record is lost. It costs an addition, and reports nothing by itself. */
  void dropped(int count) {
    dropped.add(count);
  }

  /** Records wait, or are lost. */
  void begin(String cause) {
    synchronized (lock) {
      if (beganNanos == null) {
        beganNanos = nanoClock.getAsLong();
        log.warn(
            "records of messages cannot be written to the journal: {}; the newest are dropped once"
                + " {} wait; sends go on",
            cause,
            MessageWriter.CAPACITY);
      }
    }
  }

  /** Looks whether records are lost though the store works. */
  void look() {
    synchronized (lock) {
      if (beganNanos == null && dropped.sum() > reported) {
        begin("the store is too slow");
      }
    }
  }

  /** Records are written again, and few wait. */
  void end() {
    synchronized (lock) {
      if (beganNanos != null) {
        long lost = dropped.sum() - reported;
        log.warn(
            "records of messages are written to the journal again after {}; {} were dropped",
            seconds(nanoClock.getAsLong() - beganNanos),
            lost);
        reported += lost;
        beganNanos = null;
      }
    }
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
  }
}
