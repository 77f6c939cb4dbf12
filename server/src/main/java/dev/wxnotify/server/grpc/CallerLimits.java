package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.Gate;
import dev.wxnotify.server.delivery.GateChain;
import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.delivery.Turn;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much one caller may use of the server: messages in flight, and messages per second. A single
 * call beyond a limit is rejected; a batch is slowed down. The limits of the server itself apply
 * after these.
 */
final class CallerLimits {
  /** For callers without limits. */
  static final CallerLimits NONE = new CallerLimits(null, null);

  private static final Duration IN_FLIGHT_RETRY_AFTER = Duration.ofSeconds(1);

  private final @Nullable Permits inFlight;
  private final @Nullable RateLimit rate;

  /** The gate where items of batches wait; null for no limit. */
  private final @Nullable Gate forItems;

  /**
   * Creates limits.
   *
   * @param inFlight one permit for each of the caller's messages in progress; null for no limit
   * @param rate null for no limit
   */
  CallerLimits(@Nullable Permits inFlight, @Nullable RateLimit rate) {
    this.inFlight = inFlight;
    this.rate = rate;
    Gate permits = inFlight == null ? null : inFlight.of(Lane.BATCH);
    this.forItems = rate == null ? permits : permits == null ? rate : new GateChain(rate, permits);
  }

  /**
   * Admits a single call and returns zero, or returns the time after which a repeat may succeed. An
   * admitted call must {@link #release} in the end.
   */
  Duration tryAdmit() {
    if (inFlight != null && !inFlight.tryAcquire(Lane.SINGLE)) {
      return IN_FLIGHT_RETRY_AFTER;
    }
    Duration wait = rate == null ? Duration.ZERO : rate.tryAcquire();
    if (!wait.isZero()) {
      release(Lane.SINGLE);
    }
    return wait;
  }

  /**
   * Uses {@code turn} as soon as an item of a batch may begin, now or later; a used turn must
   * {@link #release} in the end.
   */
  void enter(Turn turn) {
    if (forItems != null) {
      forItems.enter(turn);
    } else if (turn.come()) {
      var ignored = turn.run();
    }
  }

  /** Records that an admitted message has been answered. */
  void release(Lane lane) {
    if (inFlight != null) {
      inFlight.release(lane);
    }
  }
}
