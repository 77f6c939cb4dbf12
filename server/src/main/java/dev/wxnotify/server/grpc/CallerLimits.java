package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.delivery.Permits.Lane;
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
   * Runs {@code task} as soon as an item of a batch may begin, now or later. The task must not
   * throw, and {@link #release} is called in the end.
   */
  void admitBatchItem(Runnable task) {
    if (rate == null) {
      admitInFlight(task);
    } else {
      rate.acquire(() -> admitInFlight(task));
    }
  }

  private void admitInFlight(Runnable task) {
    if (inFlight == null) {
      task.run();
      return;
    }
    inFlight.acquire(
        Lane.BATCH,
        () -> {
          task.run();
          return true;
        });
  }

  /** Says that a message that was let in has been answered. */
  void release(Lane lane) {
    if (inFlight != null) {
      inFlight.release(lane);
    }
  }
}
