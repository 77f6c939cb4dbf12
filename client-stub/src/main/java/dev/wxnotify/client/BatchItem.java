package dev.wxnotify.client;

import dev.wxnotify.v1.BatchSendRequest;
import org.jspecify.annotations.Nullable;

/** One item between its being taken and its result. Belongs to the batch's thread. */
final class BatchItem {
  final long index;
  final BatchSendRequest request;
  final int bytes;

  /** On how many streams it may have been written without being answered. */
  int broken;

  /** How often a server that was stopping gave it back. */
  int givenBack;

  /** How often it was sent again because the answer said so. */
  int retries;

  /** What it was answered before it was put back to be sent again. */
  @Nullable SendFailure lastAnswer;

  /** When it is due to be sent again. */
  long dueNanos;

  /** Until when it is asked again without being told to; 0 where it was not yet asked again. */
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

  /** Whether an earlier stream may have sent it. Only the service can tell, by its request id. */
  boolean isInDoubt() {
    return broken > 0 && !request.getValidateOnly();
  }
}
