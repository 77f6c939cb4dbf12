package dev.wxnotify.server.token;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The time after a failed renewal in which no token call is made: callers that request a token
 * receive the failure. Not thread-safe: the cache uses it under its lock.
 */
final class FailurePause {
  private final Backoff backoff;
  private @Nullable Current current;
  private boolean changedMeanwhile;

  /**
   * A pause.
   *
   * @param until when the next try is permitted
   */
  record Current(IssueResult.Failure failure, Instant until) {}

  FailurePause(Backoff backoff) {
    this.backoff = backoff;
  }

  /** Returns the pause since the last failure, which may be over; null where nothing failed. */
  @Nullable Current current() {
    return current;
  }

  /** Returns the answer to callers now; null where a try is permitted. */
  @Nullable NoToken answer(Instant now) {
    Current last = current;
    return last != null && now.isBefore(last.until)
        ? new NoToken(last.failure, Duration.between(now, last.until))
        : null;
  }

  /** A renewal failed: begins a pause and returns the answer to the callers that waited for it. */
  NoToken begin(IssueResult.Failure failure, Instant now) {
    Duration length = changedMeanwhile ? Duration.ZERO : backoff.next(failure);
    changedMeanwhile = false;
    current = new Current(failure, now.plus(length));
    return new NoToken(failure, length);
  }

  /** A renewal succeeded. */
  void end() {
    current = null;
    changedMeanwhile = false;
    backoff.reset();
  }

  /**
   * Something has changed that may resolve the failure.
   *
   * @param isRenewing whether a renewal is in progress, which may fail because of the state when it
   *     began
   * @return whether this ended a pause, so that a try is due now
   */
  boolean tryAgain(boolean isRenewing) {
    backoff.reset();
    if (isRenewing) {
      changedMeanwhile = true;
      return false;
    }
    boolean ended = current != null;
    current = null;
    return ended;
  }
}
