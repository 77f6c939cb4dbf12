package dev.wxnotify.cli;

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
 *
 * <p>It is long because rows, results and the end of a campaign meet in one count.
 */
final class Campaign implements BatchListener {
  /** More bad rows than these are counted and written down, and not told one by one. */
  private static final int MOST_TOLD = 20;

  private static final EarlyEnd BY_SIGNAL = EarlyEnd.of("stopped by a signal");

  private final RequestIds requestIds;
  private final EarlierResults earlier;
  private final ResultFile results;
  private final BatchCounts counts;
  private final BatchProgress progress;
  private final long total;
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

  /** Belongs to the main thread. */
  private int warned;

  private volatile boolean badRowSeen;

  /**
   * Creates a campaign.
   *
   * @param total how many rows the input should have; {@link BatchInput#UNKNOWN} if nobody knows
   */
  Campaign(
      RequestIds requestIds,
      EarlierResults earlier,
      ResultFile results,
      BatchCounts counts,
      BatchProgress progress,
      long total,
      boolean validateOnly,
      boolean stopOnBadRow) {
    this.requestIds = requestIds;
    this.earlier = earlier;
    this.results = results;
    this.counts = counts;
    this.progress = progress;
    this.total = total;
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
  @Nullable EarlyEnd run(Rows rows, Function<BatchListener, BatchSender> open)
      throws IOException, UnusableInputException, InterruptedException {
    BatchSender opened = open.apply(this);
    try (opened) {
      begin(opened);
      EarlyEnd early = feed(rows, opened);
      BatchReport report = opened.await();
      return early != null ? early : end(report);
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

  private synchronized @Nullable EarlyEnd reason(BatchReport report) {
    boolean bySignal = stopped;
    return report
        .endedBy()
        .map(failure -> bySignal ? BY_SIGNAL : EarlyEnd.of(failure.message()))
        .orElse(null);
  }

  /** Without another reason, every row of the input must have had its end. */
  private @Nullable EarlyEnd end(BatchReport report) {
    EarlyEnd reason = reason(report);
    if (reason == null && total != BatchInput.UNKNOWN && total != counts.rows()) {
      return EarlyEnd.of(
          "the input had %,d rows when the batch began, and %,d now"
              .formatted(total, counts.rows()));
    }
    return reason;
  }

  /**
   * Sends nothing more, and waits for the answers of what was written. On any thread but the
   * batch's.
   *
   * @return as {@link #run}
   */
  @Nullable EarlyEnd stopAndAwait(Duration longest) {
    BatchSender stopping = stop();
    if (stopping == null) {
      return BY_SIGNAL;
    }
    try {
      return reason(stopping.await(longest));
    } catch (TimeoutException e) {
      return EarlyEnd.of(BY_SIGNAL.reason() + "; some answers did not arrive in time");
    } catch (IllegalStateException e) {
      return EarlyEnd.of(String.valueOf(e.getMessage()));
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

  /** Gives all rows to the batch, up to where that cannot go on, and says that no more come. */
  private @Nullable EarlyEnd feed(Rows rows, BatchSender to)
      throws IOException, UnusableInputException, InterruptedException {
    long sent = 0;
    try {
      for (Row row = next(rows); row != null; row = next(rows)) {
        Row complete = requestIds.complete(row);
        if (earlier.isDone(complete)) {
          counts.addSkipped();
        } else if (complete instanceof Row.Bad bad) {
          onBadRow(bad);
        } else if (complete instanceof Row.Item item) {
          if (!send(sent, item, to)) {
            return null; // It has ended; the report says why.
          }
          sent++;
        }
        if (badRowSeen && stopOnBadRow) {
          to.stop();
          return EarlyEnd.of("a row is bad (--on-bad-row=stop)");
        }
      }
      to.complete();
      return null;
    } catch (BrokenInputException e) {
      to.complete(); // What is under way has its outcome awaited.
      return broken(e, sent);
    } catch (UnusableInputException e) {
      if (sent == 0) {
        throw e;
      }
      to.complete();
      return EarlyEnd.of(String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable Row next(Rows rows) throws BrokenInputException {
    try {
      return rows.next();
    } catch (BrokenInputException e) {
      throw e;
    } catch (IOException e) {
      throw new BrokenInputException(e);
    }
  }

  private EarlyEnd broken(BrokenInputException e, long sent) {
    String reason = String.valueOf(e.getMessage());
    progress.say("wxnotify: " + reason);
    boolean nothingSent = validateOnly || (e.isAboutTheWhole() && sent == 0);
    return nothingSent ? EarlyEnd.unusable(reason) : EarlyEnd.of(reason);
  }

  /** Returns false if the batch takes no more. */
  private boolean send(long index, Row.Item item, BatchSender to) throws InterruptedException {
    put(index, item);
    try {
      to.send(toSend(item));
    } catch (SendException e) {
      remove(index);
      return false;
    }
    if (!item.doubts().isEmpty()) {
      counts.addDoubtful();
      item.doubts().forEach(doubt -> warn(item, doubt));
    }
    return true;
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
      progress.say("more rows are bad; the results list all of them");
    }
  }

  private void warn(Row row, Row.Problem doubt) {
    warned++;
    if (warned <= MOST_TOLD) {
      progress.say("line " + row.line() + ": warning: " + doubt);
    } else if (warned == MOST_TOLD + 1) {
      progress.say("more rows have such values");
    }
  }

  @Override
  public void onBroken(SendFailure cause, Duration pause) {
    progress.say(
        "no answer from the server ("
            + cause.code()
            + ": "
            + cause.message()
            + "); retrying in "
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
