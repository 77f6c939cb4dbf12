package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.Gate;
import dev.wxnotify.server.delivery.GateChain;
import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.delivery.Permits.Lane;
import dev.wxnotify.server.delivery.Turn;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one caller may ask of the server: how many messages in flight, and how many a second. A
 * single call beyond that is refused; a batch is slowed down. The limits of the server itself come
 * after these.
 */
final class CallerLimits {
  /** Of callers without limits of their own. */
  static final CallerLimits NONE = new CallerLimits(null, null);

  private static final Duration IN_FLIGHT_RETRY_AFTER = Duration.ofSeconds(1);

  private final @Nullable Permits inFlight;
  private final @Nullable RateLimit rate;

  /** Where items of batches wait; null for no limit. */
  private final @Nullable Gate forItems;

  /**
   * Creates limits.
   *
   * @param inFlight one permit for each message of the caller that is being worked on; null for no
   *     limit
   * @param rate null for no limit
   */
  CallerLimits(@Nullable Permits inFlight, @Nullable RateLimit rate) {
    this.inFlight = inFlight;
    this.rate = rate;
    Gate permits = inFlight == null ? null : inFlight.of(Lane.BATCH);
    this.forItems = rate == null ? permits : permits == null ? rate : new GateChain(rate, permits);
  }

  /**
   * Lets a single call in and returns zero, or returns when a repeat has a chance. Who is let in
   * calls {@link #release} in the end.
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
   * Has {@code turn} used as soon as an item of a batch may begin, now or later; where it is used,
   * {@link #release} is called in the end.
   */
  void enter(Turn turn) {
    if (forItems != null) {
      forItems.enter(turn);
    } else if (turn.come()) {
      var ignored = turn.run();
    }
  }

  /** Says that a message that was let in has been answered. */
  void release(Lane lane) {
    if (inFlight != null) {
      inFlight.release(lane);
    }
  }
}
