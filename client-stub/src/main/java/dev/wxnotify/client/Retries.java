package dev.wxnotify.client;

import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What an answer other than an acceptance means for its item: its result, or a retry after a while.
 */
final class Retries {
  /** How long the batch asks for the outcome of an item that an earlier call still works on. */
  private static final Duration LONGEST_RESUME = Duration.ofMinutes(2);

  private static final Duration RESUME_PAUSE = Duration.ofSeconds(1);

  private final BatchRules rules;

  Retries(BatchRules rules) {
    this.rules = rules;
  }

  /**
   * Decides whether the item is sent again, and if so sets when it is due.
   *
   * @return whether it is sent again; if not, the answer is its result
   */
  boolean sendsLater(BatchItem item, SendFailure failure, long now) {
    Duration wait = failure.retryAfter().orElse(RESUME_PAUSE);
    if (isAboutEarlierCall(item, failure)) {
      if (item.resumeUntilNanos == 0) {
        item.resumeUntilNanos = now + LONGEST_RESUME.toNanos();
      }
      if (now - item.resumeUntilNanos >= 0) {
        return false;
      }
    } else {
      if (!failure.retryable()
          || item.retries >= rules.maxRetries
          || wait.compareTo(rules.longestRetryAfter) > 0) {
        return false;
      }
      item.retries++;
    }
    // Slightly later than requested, so that not all items return at the same moment.
    long jitter = ThreadLocalRandom.current().nextLong(1 + wait.toNanos() / 8);
    item.dueNanos = now + wait.toNanos() + jitter;
    item.lastAnswer = failure;
    return true;
  }

  /** Whether the answer is not an outcome, but asking again can give one. */
  private static boolean isAboutEarlierCall(BatchItem item, SendFailure failure) {
    if (!item.hasRequestId()) {
      return false;
    }
    return failure.reason() == ErrorReason.REQUEST_IN_PROGRESS
        || (item.isInDoubt()
            && failure.outcome() == Outcome.OUTCOME_NOT_SENT
            && failure.retryable()
            && failure.retryAfter().orElse(RESUME_PAUSE).compareTo(LONGEST_RESUME) < 0);
  }

  /**
   * Returns what an answer says about the message. It is about the call that it answers. It says
   * nothing about an earlier call that may have sent the message, unless it is the stored outcome
   * of that call.
   */
  static SendFailure truthOf(BatchItem item, SendFailure failure) {
    return item.isInDoubt() && failure.outcome() == Outcome.OUTCOME_NOT_SENT
        ? Failures.unknown(
            Status.fromCode(failure.code())
                .withDescription("an earlier call may have sent it; now: " + failure.message()),
            true)
        : failure;
  }
}
