package dev.wxnotify.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a batch may open its next stream, and when it gives the server up. Belongs to the batch's
 * thread.
 *
 * <pre>
 *   opened ── broke ──▶ a pause, longer after each failure in a row ──▶ opened …
 *
 *   lost   │◀────────── no answer, and no stream that lived for a while ──────────▶│ for too long:
 *          the first stream, or the first break                                      given up
 * </pre>
 */
final class Reconnects {
  /** A stream that lived this long was no failure to connect. */
  private static final Duration LIVELY = Duration.ofSeconds(10);

  private final BatchRules rules;

  /** When the current stream was opened, or the next one may be. */
  private long streamNanos;

  /** Streams in a row that broke without an answer. */
  private int failures;

  /** Since when there has been no sign of a server that works. */
  private @Nullable Long lostNanos;

  /** The first stream may be opened at once. */
  Reconnects(BatchRules rules, long now) {
    this.rules = rules;
    this.streamNanos = now;
  }

  void opened(long now) {
    streamNanos = now;
    if (lostNanos == null) {
      lostNanos = now;
    }
  }

  /** An item has had an answer. */
  void answered() {
    failures = 0;
    lostNanos = null;
  }

  /**
   * An item of an old stream has had an answer: there is a server that works, though maybe none for
   * the current stream.
   */
  void answeredBefore(long now) {
    if (lostNanos != null) {
      lostNanos = now;
    }
  }

  /** The stream is old, and the next one may begin. */
  void retired(long now) {
    streamNanos = now;
  }

  /**
   * The stream has broken.
   *
   * @param wasConnected whether there was a connection for it at any time
   * @param random from 0 (included) to 1 (excluded)
   * @return the pause before the next one
   */
  Duration broke(boolean wasConnected, long now, double random) {
    if (wasConnected && now - streamNanos > LIVELY.toNanos()) {
      lostNanos = null;
    }
    if (lostNanos == null) {
      lostNanos = now;
    }
    Duration pause = rules.pause(failures, random);
    failures++;
    streamNanos = now + pause.toNanos();
    return pause;
  }

  /** Whether it was tried for long enough to reach a server that works. */
  boolean isGivenUp(long now) {
    return lostNanos != null && now - lostNanos > rules.giveUpAfter.toNanos();
  }

  /** Returns how long it is until the server is given up; the longest time there is if it works. */
  long nanosToGivingUp(long now) {
    return lostNanos == null ? Long.MAX_VALUE : lostNanos + rules.giveUpAfter.toNanos() - now + 1;
  }

  /** Returns how long it is until the next stream may be opened; 0 or less if it may be now. */
  long nanosToOpening(long now) {
    return streamNanos - now;
  }

  /** Whether the current stream has lived for as long as one may. */
  boolean isOld(long now) {
    return now - streamNanos > rules.streamLife.toNanos();
  }
}
