package dev.wxnotify.server.pages;

import dev.wxnotify.server.pages.HistoryState.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What became of messages within a few minutes: a row of the table that says what the curves show.
 *
 * @param from when it begins
 * @param to when it ends
 */
record HistoryRow(
    Instant from, Instant to, long accepted, long rejected, long notSent, long unknown) {
  private static final Duration LENGTH = Duration.ofMinutes(5);

  /** Returns the messages that ended. */
  long all() {
    return accepted + rejected + notSent + unknown;
  }

  /** Returns the rows of a history, latest first, each of five minutes of the clock. */
  static List<HistoryRow> of(HistoryState history) {
    List<HistoryRow> rows = new ArrayList<>();
    for (Sample each : history.samples()) {
      Instant from = floor(each.at().minusMillis(1));
      HistoryRow last = rows.isEmpty() ? null : rows.get(0);
      if (last == null || !last.from.equals(from)) {
        rows.add(0, new HistoryRow(from, from.plus(LENGTH), 0, 0, 0, 0).with(each));
      } else {
        rows.set(0, last.with(each));
      }
    }
    return rows;
  }

  /** Returns the sum of a whole history. */
  static HistoryRow sum(HistoryState history) {
    Instant begin = history.since();
    HistoryRow sum = new HistoryRow(begin, begin, 0, 0, 0, 0);
    for (Sample each : history.samples()) {
      sum = sum.with(each);
    }
    return sum;
  }

  private static Instant floor(Instant at) {
    long seconds = LENGTH.toSeconds();
    return Instant.ofEpochSecond(Math.floorDiv(at.getEpochSecond(), seconds) * seconds);
  }

  private HistoryRow with(Sample sample) {
    return new HistoryRow(
        from,
        to,
        accepted + sample.accepted(),
        rejected + sample.rejected(),
        notSent + sample.notSent(),
        unknown + sample.unknown());
  }
}
