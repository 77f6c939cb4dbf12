package dev.wxnotify.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a batch may open its next stream, and when it gives up on the server. Used by the batch's
 * thread only.
 *
 * <pre>
 *   opened ── broke ──▶ a pause, longer after each failure in a row ──▶ opened …
 *
 *   lost   │◀────────── no answer, and no stream that lived for a while ──────────▶│ for too long:
 *          the first stream, or the first break                                      given up
 * </pre>
 */
final class Reconnects {
  /** A stream that was open this long was not a failure to connect. */
  private static final Duration LIVELY = Duration.ofSeconds(10);

  private final BatchRules rules;

  /** When the current stream was opened, or the next one may be. */
  private long streamNanos;

  /** Streams in a row that broke without an answer. */
  private int failures;

  /** Since when there has been no sign of a working server. */
  private @Nullable Long lostNanos;

  /** Allows the first stream to be opened immediately. */
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

  /** Notes that an item got an answer. */
  void answered() {
    failures = 0;
    lostNanos = null;
  }

  /**
   * Notes that an item of an old stream got an answer: there is a working server, though perhaps
   * none for the current stream.
   */
  void answeredBefore(long now) {
    if (lostNanos != null) {
      lostNanos = now;
    }
  }

  /** Notes that the stream is old, and that the next one may begin. */
  void retired(long now) {
    streamNanos = now;
  }

  /**
   * Notes that the stream has broken.
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

  /** Whether the batch has tried for long enough to reach a working server. */
  boolean isGivenUp(long now) {
    return lostNanos != null && now - lostNanos > rules.giveUpAfter.toNanos();
  }

  /** Returns the time until the batch gives up on the server; {@code MAX_VALUE} if it works. */
  long nanosToGivingUp(long now) {
    return lostNanos == null ? Long.MAX_VALUE : lostNanos + rules.giveUpAfter.toNanos() - now + 1;
  }

  /** Returns the time until the next stream may be opened; 0 or less if it may be opened now. */
  long nanosToOpening(long now) {
    return streamNanos - now;
  }

  /** Whether the current stream has reached its maximum age. */
  boolean isOld(long now) {
    return now - streamNanos > rules.streamLife.toNanos();
  }
}
