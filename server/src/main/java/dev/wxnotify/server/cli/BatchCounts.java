package dev.wxnotify.server.cli;

import dev.wxnotify.client.BatchResult;
import dev.wxnotify.client.SendFailure;
import dev.wxnotify.v1.Outcome;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts what became of the rows. Thread-safe: progress looks at it while results come in. */
final class BatchCounts {
  private final Map<Outcome, Map<String, Long>> byOutcome = new EnumMap<>(Outcome.class);
  private long replayed;
  private long badRows;
  private long skipped;
  private long again;
  private long doubtful;

  synchronized void add(BatchResult result) {
    String reason = result.failure().map(SendFailure::reasonName).orElse("");
    byOutcome
        .computeIfAbsent(result.outcome(), outcome -> new TreeMap<>())
        .merge(reason, 1L, Long::sum);
    if (result.isReplayed()) {
      replayed++;
    }
    if (ResultLine.isForAgain(result)) {
      again++;
    }
  }

  synchronized void addBadRow() {
    badRows++;
  }

  /** Counts a row that was sent, and is probably not what was meant. */
  synchronized void addDoubtful() {
    doubtful++;
  }

  synchronized long doubtful() {
    return doubtful;
  }

  synchronized void addSkipped() {
    skipped++;
  }

  /** Rows that are through: with a result, bad, or done before. */
  synchronized long rows() {
    return results() + badRows + skipped;
  }

  /** Rows that had a result now. */
  synchronized long results() {
    return byOutcome.values().stream()
        .flatMap(reasons -> reasons.values().stream())
        .mapToLong(Long::longValue)
        .sum();
  }

  synchronized long of(Outcome outcome) {
    return byOutcome.getOrDefault(outcome, Map.of()).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  synchronized long replayed() {
    return replayed;
  }

  synchronized long badRows() {
    return badRows;
  }

  /** Rows whose result is not final: they are sent again by a batch that goes on. */
  synchronized long again() {
    return again;
  }

  synchronized long skipped() {
    return skipped;
  }

  /** Returns the counts by reason of one outcome; the reason of accepted ones is empty. */
  synchronized Map<String, Long> reasons(Outcome outcome) {
    return Map.copyOf(byOutcome.getOrDefault(outcome, Map.of()));
  }

  /** Returns the counts in one line. */
  synchronized String line() {
    return String.format(
        "accepted %,d, rejected %,d, not sent %,d, unknown %,d%s",
        of(Outcome.OUTCOME_ACCEPTED),
        of(Outcome.OUTCOME_REJECTED),
        of(Outcome.OUTCOME_NOT_SENT),
        of(Outcome.OUTCOME_UNKNOWN),
        badRows == 0 ? "" : String.format(", bad rows %,d", badRows));
  }
}
