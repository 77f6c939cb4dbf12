package dev.wxnotify.server.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long a call may take. The answer goes out a moment before the caller's deadline, since at the
 * deadline itself the caller stops listening and would learn nothing of what happened to the
 * message.
 */
final class CallTimeout {
  /** For calls, and items of a batch, that have no deadline of their own. */
  static final Duration DEFAULT = Duration.ofSeconds(10);

  /** A deadline may be centuries away, which no timer can count. */
  private static final long LONGEST_NANOS = Duration.ofDays(365).toNanos();

  private static final long LONGEST_MARGIN_NANOS = Duration.ofMillis(100).toNanos();
  private static final int MARGIN_PART = 20;

  private CallTimeout() {}

  /** Returns the time for the current call. */
  static Duration ofCurrentCall() {
    Deadline deadline = Context.current().getDeadline();
    return deadline == null ? DEFAULT : before(deadline);
  }

  /**
   * Returns the time until an answer must be given; null where the current call has no deadline.
   */
  static @Nullable Duration ofCurrentStream() {
    Deadline deadline = Context.current().getDeadline();
    return deadline == null ? null : before(deadline);
  }

  private static Duration before(Deadline deadline) {
    long left = Math.min(deadline.timeRemaining(TimeUnit.NANOSECONDS), LONGEST_NANOS);
    return Duration.ofNanos(left - Math.min(left / MARGIN_PART, LONGEST_MARGIN_NANOS));
  }
}
