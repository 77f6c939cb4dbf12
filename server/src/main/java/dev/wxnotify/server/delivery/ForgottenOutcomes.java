package dev.wxnotify.server.delivery;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Counts outcomes that had to leave a bounded memory before their time, and reports them in at most
 * one line an hour; the count shows the rest.
 */
public final class ForgottenOutcomes {
  /** How long the next line waits after one. */
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
   * @param level of the line
   * @param consequence what the line says, before the age of the outcome
   * @param nanoClock the time, as {@link System#nanoTime}
   */
  public ForgottenOutcomes(Level level, String consequence, LongSupplier nanoClock) {
    this.level = level;
    this.consequence = consequence;
    this.nanoClock = nanoClock;
    this.nextLine = new AtomicLong(nanoClock.getAsLong());
  }

  /**
   * An outcome had to go. Not to be called while a lock is held, since it may write a line.
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

  /** Returns how many had to go since the start. */
  public long count() {
    return count.sum();
  }
}
