package dev.wxnotify.cli;

import dev.wxnotify.v1.Outcome;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The table that a batch ends with. */
final class BatchTable {
  private static final List<Outcome> ORDER =
      List.of(
          Outcome.OUTCOME_ACCEPTED,
          Outcome.OUTCOME_REJECTED,
          Outcome.OUTCOME_NOT_SENT,
          Outcome.OUTCOME_UNKNOWN);

  private final PrintWriter out;

  BatchTable(PrintWriter out) {
    this.out = out;
  }

  void print(BatchCounts counts, Duration duration, boolean validateOnly) {
    line("outcome", "reason", "rows");
    for (Outcome outcome : ORDER) {
      String name = outcome.name().replaceFirst("^OUTCOME_", "");
      counts.reasons(outcome).entrySet().stream()
          .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
          .forEach(
              reason ->
                  line(
                      validateOnly && outcome == Outcome.OUTCOME_ACCEPTED ? "VALID" : name,
                      reason.getKey(),
                      count(reason.getValue())));
    }
    if (counts.badRows() > 0) {
      line("BAD ROW", "not sent", count(counts.badRows()));
    }
    if (counts.skipped() > 0) {
      line("DONE BEFORE", "not sent again", count(counts.skipped()));
    }
    line("total", "", count(counts.rows()));
    if (counts.replayed() > 0) {
      out.printf("%,d of them were replayed: sent by an earlier call%n", counts.replayed());
    }
    if (counts.doubtful() > 0) {
      out.printf(
          "%,d of them have values that a spreadsheet has probably changed%n", counts.doubtful());
    }
    double seconds = duration.toMillis() / 1000.0;
    if (counts.results() > 0) {
      out.printf(
          "%,d results in %s, %,.0f/s%n",
          counts.results(), Durations.text(duration), counts.results() / Math.max(seconds, 0.001));
    }
    out.flush();
  }

  private void line(String outcome, String reason, String rows) {
    out.printf("%-12s %-28s %14s%n", outcome, reason, rows);
  }

  private static String count(long rows) {
    return String.format("%,d", rows);
  }
}
