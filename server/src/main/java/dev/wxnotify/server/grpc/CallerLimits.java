package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.Gate;
import dev.wxnotify.server.delivery.GateChain;
import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.delivery.Turn;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * How much one caller may use of the server: messages in flight, and messages per second. A single
 * call beyond a limit is rejected; a batch is slowed down. The limits of the server itself apply
 * after these.
 *
 * <p>An object never changes, and a message is released where it was admitted. Limits that replace
 * others share what counts with them ({@link #changedTo}).
 */
final class CallerLimits {
  /** For callers without limits. */
  static final CallerLimits NONE = new CallerLimits(null, null);

  private static final Duration IN_FLIGHT_RETRY_AFTER = Duration.ofSeconds(1);

  /** One in this many of a caller's permits, and one more, are kept for its single calls. */
  private static final int RESERVED_PART = 32;

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
   * Returns limits that go on where these are. With a limit of messages in flight before and after,
   * those under way count in both, so that all together never have more permits than the larger of
   * the two; what began without a limit is not counted. A rate that does not change keeps its
   * credit; another one begins with a second's worth.
   *
   * @param newInFlight the maximum number of messages in progress; null for no limit
   * @param newPerSecond the maximum number of messages that begin in a second; null for no limit
   * @param timer runs what waits
   */
  CallerLimits changedTo(
      @Nullable Integer newInFlight,
      @Nullable Integer newPerSecond,
      ScheduledExecutorService timer) {
    return new CallerLimits(
        newInFlight == null ? null : permits(newInFlight),
        newPerSecond == null ? null : rate(newPerSecond, timer));
  }

  private Permits permits(int most) {
    int reserved = Math.min(most - 1, 1 + most / RESERVED_PART);
    if (inFlight == null) {
      return new Permits(most, reserved);
    }
    inFlight.resize(most, reserved);
    return inFlight;
  }

  private RateLimit rate(int newPerSecond, ScheduledExecutorService timer) {
    return rate != null && rate.perSecond() == newPerSecond
        ? rate
        : new RateLimit(newPerSecond, System::nanoTime, timer);
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
