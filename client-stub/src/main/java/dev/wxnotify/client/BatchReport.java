package dev.wxnotify.client;

import dev.wxnotify.v1.BatchSummary;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a batch ended: its counts over all streams. Immutable. */
public final class BatchReport {
  private final BatchSummary summary;
  private final int streams;
  private final Duration duration;
  private final @Nullable SendFailure endedBy;

  BatchReport(BatchSummary summary, int streams, Duration duration, @Nullable SendFailure endedBy) {
    this.summary = summary;
    this.streams = streams;
    this.duration = duration;
    this.endedBy = endedBy;
  }

  /** Returns the counts of the results that the listener received, in the contract's form. */
  public BatchSummary summary() {
    return summary;
  }

  /** Returns whether every item was accepted. */
  public boolean isAllAccepted() {
    return summary.getAccepted() == summary.getTotal();
  }

  /** Returns how many streams the batch used; 1 if none broke. */
  public int streams() {
    return streams;
  }

  /** Returns the time from the first item to the last result. */
  public Duration duration() {
    return duration;
  }

  /**
   * Returns why the batch ended before everything was sent: it was stopped or cancelled, the server
   * rejected the caller, or the server could not be reached for too long. Empty if it did not end
   * early.
   */
  public Optional<SendFailure> endedBy() {
    return Optional.ofNullable(endedBy);
  }

  /** Returns one line for a log. */
  @Override
  public String toString() {
    return summary.getTotal()
        + " items: "
        + summary.getAccepted()
        + " accepted, "
        + summary.getRejected()
        + " rejected, "
        + summary.getNotSent()
        + " not sent, "
        + summary.getUnknown()
        + " unknown"
        + (endedBy == null ? "" : "; ended by " + endedBy);
  }
}
