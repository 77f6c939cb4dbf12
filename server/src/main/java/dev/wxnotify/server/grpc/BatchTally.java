package dev.wxnotify.server.grpc;

import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSummary;

/**
 * Counts the results that were sent on one stream. Not thread-safe: only the sending thread counts.
 */
final class BatchTally {
  private final BatchSummary.Builder summary = BatchSummary.newBuilder();

  void count(BatchItemResult result) {
    summary.setTotal(summary.getTotal() + 1);
    switch (result.getOutcome()) {
      case OUTCOME_ACCEPTED -> summary.setAccepted(summary.getAccepted() + 1);
      case OUTCOME_REJECTED -> summary.setRejected(summary.getRejected() + 1);
      case OUTCOME_NOT_SENT -> summary.setNotSent(summary.getNotSent() + 1);
      case OUTCOME_UNKNOWN -> summary.setUnknown(summary.getUnknown() + 1);
      case OUTCOME_UNSPECIFIED, UNRECOGNIZED -> throw new AssertionError("a result has an outcome");
    }
    if (result.getReplayed()) {
      summary.setReplayed(summary.getReplayed() + 1);
    }
    if (result.hasError()) {
      String reason = result.getError().getReason().name();
      summary.putErrorsByReason(reason, summary.getErrorsByReasonOrDefault(reason, 0) + 1);
    }
  }

  long total() {
    return summary.getTotal();
  }

  BatchSummary summary() {
    return summary.build();
  }
}
