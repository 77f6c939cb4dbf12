package dev.wxnotify.server.delivery;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Counts outcomes that leave a bounded memory before their time, and logs at most one line an hour
 * about them; the count covers the rest.
 */
public final class ForgottenOutcomes {
  /** The minimum time between two lines. */
  static final Duration SILENCE = Duration.ofHours(1);

  private static final Logger log = LoggerFactory.getLogger(ForgottenOutcomes.class);

  private final Level level;
  private final String consequence;
  private final LongSupplier nanoClock;
  private final LongAdder count = new LongAdder();
  private final AtomicLong nextLine;

  /**
   * Counts from zero.
   *
   * @param level the level of the line
   * @param consequence the text of the line, before the age of the outcome
   * @param nanoClock the time, as {@link System#nanoTime}
   */
  public ForgottenOutcomes(Level level, String consequence, LongSupplier nanoClock) {
    this.level = level;
    this.consequence = consequence;
    this.nanoClock = nanoClock;
    this.nextLine = new AtomicLong(nanoClock.getAsLong());
  }

  /**
   * Counts one forgotten outcome. The caller must not hold a lock, since this may write a line.
   *
   * @param age how long it was remembered
   */
  public void add(Duration age) {
    count.increment();
    long now = nanoClock.getAsLong();
    long due = nextLine.get();
    if (now - due >= 0 && nextLine.compareAndSet(due, now + SILENCE.toNanos())) {
      log.atLevel(level).log("{}; the oldest was {} s old", consequence, age.toSeconds());
    }
  }

  /** Returns how many outcomes were forgotten since the start. */
  public long count() {
    return count.sum();
  }
}
