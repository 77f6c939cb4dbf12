package dev.wxnotify.client;

import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message was not accepted, or another call failed. {@link #failure} holds its outcome and
 * whether a repeat is safe; the most used parts of it are methods here too.
 *
 * <p>Unchecked, like the exceptions of gRPC.
 */
public final class SendException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final SendFailure failure;

  SendException(SendFailure failure, @Nullable Throwable cause) {
    super(failure.toString(), cause);
    this.failure = failure;
  }

  /** Returns everything that is known. */
  public SendFailure failure() {
    return failure;
  }

  /** As {@link SendFailure#reason}. */
  public ErrorReason reason() {
    return failure.reason();
  }

  /** As {@link SendFailure#outcome}. */
  public Outcome outcome() {
    return failure.outcome();
  }

  /** As {@link SendFailure#retryable}. */
  public boolean retryable() {
    return failure.retryable();
  }

  /** As {@link SendFailure#safeToRepeat}. */
  public boolean safeToRepeat() {
    return failure.safeToRepeat();
  }

  /** As {@link SendFailure#retryAfter}. */
  public Optional<Duration> retryAfter() {
    return failure.retryAfter();
  }
}
