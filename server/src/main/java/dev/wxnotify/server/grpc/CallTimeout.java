package dev.wxnotify.server.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long a call may take. The answer is sent shortly before the caller's deadline: at the
 * deadline itself the caller stops listening, and would not learn what happened to the message.
 */
final class CallTimeout {
  /** For calls, and items of a batch, without a deadline. */
  static final Duration DEFAULT = Duration.ofSeconds(10);

  /** A deadline may be centuries away, for which a timer has no value. */
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
   * Returns the time within which an answer must be given; null if the current call has no
   * deadline.
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
