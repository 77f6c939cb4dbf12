package dev.wxnotify.client;

import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.Outcome;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The one result of one item of a batch. Immutable. */
public final class BatchResult {
  private final BatchItem item;
  private final String messageId;
  private final boolean replayed;
  private final @Nullable SendFailure failure;

  private BatchResult(
      BatchItem item, String messageId, boolean replayed, @Nullable SendFailure failure) {
    this.item = item;
    this.messageId = messageId;
    this.replayed = replayed;
    this.failure = failure;
  }

  static BatchResult answered(
      BatchItem item, BatchItemResult answer, @Nullable SendFailure failure) {
    return new BatchResult(item, answer.getMessageId(), answer.getReplayed(), failure);
  }

  static BatchResult unanswered(BatchItem item, SendFailure failure) {
    return new BatchResult(item, "", false, failure);
  }

  /** Returns the item's position in the batch, from 0, over all streams. */
  public long index() {
    return item.index;
  }

  /** Returns the item as it was given. */
  public BatchSendRequest request() {
    return item.request;
  }

  /** Returns what happened to the message; one of the four outcomes of the contract. */
  public Outcome outcome() {
    return failure == null ? Outcome.OUTCOME_ACCEPTED : failure.outcome();
  }

  /**
   * Returns whether WeChat accepted the message, or an item with {@code validate_only} is valid.
   */
  public boolean isAccepted() {
    return failure == null;
  }

  /** Returns WeChat's id of the message; an empty text if it was not accepted or has none. */
  public String messageId() {
    return messageId;
  }

  /** Returns whether this is the stored outcome of an earlier call, and nothing was sent now. */
  public boolean isReplayed() {
    return replayed;
  }

  /** Returns why the message was not accepted; empty if it was. */
  public Optional<SendFailure> failure() {
    return Optional.ofNullable(failure);
  }

  /** Returns one line for a log. It contains no open id. */
  @Override
  public String toString() {
    return index() + ": " + (failure == null ? outcome() + " " + messageId : failure);
  }
}
