package dev.wxnotify.server;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many rounds a warm-up has. Those at full speed show the JIT compiler what is used most, and
 * it falls behind. Those at a moderate rate leave it the processor until it has little left to do.
 *
 * <p>Not thread-safe.
 */
final class WarmUpRounds {
  /** Long enough for code to be used often, short enough to see soon that the compiler is done. */
  private static final Duration LENGTH = Duration.ofSeconds(2);

  /**
   * After these rounds the code of a message has been used tens of thousands of times. More of them
   * have code compiled that a busy server needs only after many minutes.
   */
  private static final int AT_FULL_SPEED = 2;

  /** The compiler has little left where it is at work for less than this share of the time. */
  private static final double LITTLE = 0.25;

  /** In so many rounds in a row: it reports a method when it has ended with it. */
  private static final int QUIET = 2;

  private static final double NANOS_PER_MILLI = 1e6;

  private final LongSupplier nanos;
  private final LongSupplier compilerMillis;
  private final Duration most;
  private boolean begun;
  private int atFullSpeed;
  private boolean atModerateRate;
  private int quiet;
  private long startNanos;
  private long roundNanos;
  private long roundMillis;

  /**
   * The time begins with the first round.
   *
   * @param most how long all rounds may take
   * @param nanos the time, as of {@link System#nanoTime}
   * @param compilerMillis for how long the compiler has worked so far, all its threads together
   */
  WarmUpRounds(Duration most, LongSupplier nanos, LongSupplier compilerMillis) {
    this.most = most;
    this.nanos = nanos;
    this.compilerMillis = compilerMillis;
  }

  /** Follows the compiler of this JVM. Where there is none, the rounds are few. */
  static WarmUpRounds ofThisJvm(Duration most) {
    @Nullable CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    boolean isKnown = compiler != null && compiler.isCompilationTimeMonitoringSupported();
    return new WarmUpRounds(
        most, System::nanoTime, isKnown ? compiler::getTotalCompilationTime : () -> 0);
  }

  /** Begins a round at full speed, and returns its length; zero if there is none. */
  Duration nextAtFullSpeed() {
    return atFullSpeed++ < AT_FULL_SPEED ? begin() : Duration.ZERO;
  }

  /** Begins a round at a moderate rate, and returns its length; zero if there is none. */
  Duration nextAtModerateRate() {
    quiet = atModerateRate && compilerShare() < LITTLE ? quiet + 1 : 0;
    atModerateRate = true;
    return quiet >= QUIET ? Duration.ZERO : begin();
  }

  private Duration begin() {
    roundNanos = nanos.getAsLong();
    roundMillis = compilerMillis.getAsLong();
    if (!begun) {
      begun = true;
      startNanos = roundNanos;
    }
    long left = most.toNanos() - (roundNanos - startNanos);
    return Duration.ofNanos(Math.max(0, Math.min(LENGTH.toNanos(), left)));
  }

  /** Returns how much of the time since the round began the compilations took that ended in it. */
  private double compilerShare() {
    double compilerNanos = (compilerMillis.getAsLong() - roundMillis) * NANOS_PER_MILLI;
    return compilerNanos / (nanos.getAsLong() - roundNanos);
  }
}
