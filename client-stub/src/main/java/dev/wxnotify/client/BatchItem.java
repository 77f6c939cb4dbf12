package dev.wxnotify.client;

import dev.wxnotify.v1.BatchSendRequest;
import org.jspecify.annotations.Nullable;

/** One item from its intake to its result. Used by the batch's thread only. */
final class BatchItem {
  final long index;
  final BatchSendRequest request;
  final int bytes;

  /** On how many streams it may have been written without being answered. */
  int broken;

  /** How often a stopping server returned it. */
  int givenBack;

  /** How often it was sent again because the answer said so. */
  int retries;

  /** Its last answer before a retry. */
  @Nullable SendFailure lastAnswer;

  /** When its retry is due. */
  long dueNanos;

  /** Until when its outcome is requested again; 0 if it was not yet requested again. */
  long resumeUntilNanos;

  BatchItem(long index, BatchSendRequest request) {
    this.index = index;
    this.request = request;
    this.bytes = request.getSerializedSize();
  }

  /** Whether sending it again cannot give the user a second message. */
  boolean isRepeatable() {
    return request.getValidateOnly() || hasRequestId();
  }

  boolean hasRequestId() {
    return !request.getRequestId().isEmpty();
  }

  /** Whether an earlier stream may have sent it. Only the service knows, by its request id. */
  boolean isInDoubt() {
    return broken > 0 && !request.getValidateOnly();
  }
}
