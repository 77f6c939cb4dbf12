package dev.wxnotify.client;

import dev.wxnotify.v1.BatchSummary;
import java.util.HashMap;
import java.util.Map;

/** Counts results. Used by the batch's thread only. */
final class Tally {
  private final Map<String, Long> reasons = new HashMap<>();
  private long accepted;
  private long rejected;
  private long notSent;
  private long unknown;
  private long replayed;

  void count(BatchResult result) {
    switch (result.outcome()) {
      case OUTCOME_ACCEPTED:
        accepted++;
        break;
      case OUTCOME_REJECTED:
        rejected++;
        break;
      case OUTCOME_NOT_SENT:
        notSent++;
        break;
      case OUTCOME_UNKNOWN:
        unknown++;
        break;
      case OUTCOME_UNSPECIFIED:
      case UNRECOGNIZED:
        throw new AssertionError("a result has an outcome");
    }
    if (result.isReplayed()) {
      replayed++;
    }
    result.failure().ifPresent(failure -> reasons.merge(failure.reasonName(), 1L, Long::sum));
  }

  BatchSummary summary() {
    return BatchSummary.newBuilder()
        .setTotal(accepted + rejected + notSent + unknown)
        .setAccepted(accepted)
        .setRejected(rejected)
        .setNotSent(notSent)
        .setUnknown(unknown)
        .setReplayed(replayed)
        .putAllErrorsByReason(reasons)
        .build();
  }
}
