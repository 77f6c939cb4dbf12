package dev.wxnotify.server.cli;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.client.BatchListener;
import dev.wxnotify.client.BatchReport;
import dev.wxnotify.client.BatchResult;
import dev.wxnotify.client.BatchSender;
import dev.wxnotify.client.SendException;
import dev.wxnotify.client.SendFailure;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.FieldViolation;
import dev.wxnotify.v1.SendError.ErrorReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends the rows of one input and writes down what became of each.
 *
 * <pre>
 *   main thread:   rows ─▶ complete ─▶ done before? ─▶ sender (waits while its window is full)
 *   batch thread:  result ─▶ result file ─▶ counts
 * </pre>
 *
 * <p>In memory are the rows of the sender's window, and two bits for each row that was done before.
 */
final class Campaign implements BatchListener {
  /** More bad rows than these are counted and written down, and not told one by one. */
  private static final int MOST_TOLD = 20;

  private static final String BY_SIGNAL = "stopped by a signal";

  private final RequestIds requestIds;
  private final EarlierResults earlier;
  private final ResultFile results;
  private final BatchCounts counts;
  private final BatchProgress progress;
  private final boolean validateOnly;
  private final boolean stopOnBadRow;

  /** The rows that are under way, by their index in the batch. */
  @GuardedBy("this")
  private final Map<Long, Row.Item> underWay = new HashMap<>();

  @GuardedBy("this")
  private @Nullable BatchSender sender;

  @GuardedBy("this")
  private boolean stopped;

  @GuardedBy("this")
  private int told;

  private volatile boolean badRowSeen;

  Campaign(
      RequestIds requestIds,
      EarlierResults earlier,
      ResultFile results,
      BatchCounts counts,
      BatchProgress progress,
      boolean validateOnly,
      boolean stopOnBadRow) {
    this.requestIds = requestIds;
    this.earlier = earlier;
    this.results = results;
    this.counts = counts;
    this.progress = progress;
    this.validateOnly = validateOnly;
    this.stopOnBadRow = stopOnBadRow;
  }

  /**
   * Runs to the end, or to where it cannot go on.
   *
   * @param open begins the batch for a listener
   * @return what ended it early; null if every row is through
   * @throws IOException if the input cannot be read or a result cannot be written
   * @throws UnusableInputException if the input is not that of the earlier results
   */
  @Nullable String run(Rows rows, Function<BatchListener, BatchSender> open)
      throws IOException, UnusableInputException, InterruptedException {
    BatchSender opened = open.apply(this);
    try (opened) {
      begin(opened);
      String early = feed(rows, opened);
      if (early == null) {
        opened.complete();
      } else {
        opened.stop();
      }
      BatchReport report = opened.await();
      return early != null ? early : reason(report);
    } catch (IllegalStateException e) {
      if (e.getCause() instanceof UncheckedIOException unwritten) {
        throw Objects.requireNonNull(unwritten.getCause());
      }
      throw e;
    }
  }

  private synchronized void begin(BatchSender opened) {
    sender = opened;
    if (stopped) {
      opened.stop();
    }
  }

  private synchronized @Nullable String reason(BatchReport report) {
    boolean bySignal = stopped;
    return report.endedBy().map(failure -> bySignal ? BY_SIGNAL : failure.message()).orElse(null);
  }

  /**
   * Sends nothing more, and waits for the answers of what was written. On any thread but the
   * batch's.
   *
   * @return as {@link #run}
   */
  @Nullable String stopAndAwait(Duration longest) {
    BatchSender stopping = stop();
    if (stopping == null) {
      return BY_SIGNAL;
    }
    try {
      return reason(stopping.await(longest));
    } catch (TimeoutException e) {
      return BY_SIGNAL + "; some answers did not come in time";
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return BY_SIGNAL;
    }
  }

  private synchronized @Nullable BatchSender stop() {
    stopped = true;
    if (sender != null) {
      sender.stop();
    }
    return sender;
  }

  private @Nullable String feed(Rows rows, BatchSender to)
      throws IOException, UnusableInputException, InterruptedException {
    long index = 0;
    for (Row row = rows.next(); row != null; row = rows.next()) {
      Row complete = requestIds.complete(row);
      if (earlier.isDone(complete)) {
        counts.addSkipped();
      } else if (complete instanceof Row.Bad bad) {
        onBadRow(bad);
      } else if (complete instanceof Row.Item item) {
        put(index, item);
        try {
          to.send(toSend(item));
        } catch (SendException e) {
          remove(index);
          break; // It has ended; the report says why.
        }
        index++;
      }
      if (badRowSeen && stopOnBadRow) {
        return "a row is bad (--on-bad-row=stop)";
      }
    }
    return null;
  }

  private BatchSendRequest toSend(Row.Item item) {
    return validateOnly ? item.request().toBuilder().setValidateOnly(true).build() : item.request();
  }

  private void onBadRow(Row.Bad row) throws IOException {
    counts.addBadRow();
    badRowSeen = true;
    write(ResultLine.of(row));
    row.problems().forEach(problem -> tell(row, problem));
  }

  @Override
  public void onResult(BatchResult result) {
    Row.Item row = remove(result.index());
    try {
      write(ResultLine.of(row, result, validateOnly || row.request().getValidateOnly()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    counts.add(result);
    result
        .failure()
        .filter(failure -> failure.reason() == ErrorReason.INVALID_REQUEST)
        .ifPresent(failure -> onInvalid(row, failure));
  }

  /** A row that this program could read and the server finds wrong. */
  private void onInvalid(Row.Item row, SendFailure failure) {
    badRowSeen = true;
    if (failure.fieldViolations().isEmpty()) {
      tell(row, new Row.Problem("", failure.message()));
    }
    for (FieldViolation violation : failure.fieldViolations()) {
      tell(
          row,
          new Row.Problem(CsvColumns.column(violation.getField()), violation.getDescription()));
    }
  }

  private synchronized void tell(Row row, Row.Problem problem) {
    told++;
    if (told <= MOST_TOLD) {
      progress.say("line " + row.line() + ": " + problem);
    } else if (told == MOST_TOLD + 1) {
      progress.say("more rows are bad; the results name them all");
    }
  }

  @Override
  public void onBroken(SendFailure cause, Duration pause) {
    progress.say(
        "no answer from the server ("
            + cause.code()
            + ": "
            + cause.message()
            + "); trying again in "
            + Durations.text(pause));
  }

  private synchronized void put(long index, Row.Item item) {
    underWay.put(index, item);
  }

  private synchronized Row.Item remove(long index) {
    return Objects.requireNonNull(underWay.remove(index), "a result is of a row under way");
  }

  private synchronized void write(String line) throws IOException {
    results.add(line);
  }
}
