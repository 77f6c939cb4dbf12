package dev.wxnotify.cli;

import dev.wxnotify.client.BatchResult;
import dev.wxnotify.client.SendFailure;
import dev.wxnotify.v1.Outcome;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts rows by result. Thread-safe: the progress display reads it while results arrive. */
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

  /** Counts a row that was sent, although it is probably not what the user meant. */
  synchronized void addDoubtful() {
    doubtful++;
  }

  synchronized long doubtful() {
    return doubtful;
  }

  synchronized void addSkipped() {
    skipped++;
  }

  /** Rows that are finished: with a result, bad, or done in an earlier run. */
  synchronized long rows() {
    return results() + badRows + skipped;
  }

  /** Rows that got a result in this run. */
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

  /** Rows whose result is not final: a resumed batch sends them again. */
  synchronized long again() {
    return again;
  }

  synchronized long skipped() {
    return skipped;
  }

  /** Returns the counts of one outcome by reason; accepted rows have an empty reason. */
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
