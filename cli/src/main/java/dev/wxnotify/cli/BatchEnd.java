package dev.wxnotify.cli;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.v1.Outcome;
import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The last words of a batch and its exit code; said once, by the command or by the signal that
 * stops it.
 */
final class BatchEnd {
  private final PrintWriter out;
  private final BatchCounts counts;
  private final EarlierResults earlier;
  private final boolean validateOnly;
  private final boolean resumable;
  private final long startNanos = System.nanoTime();

  @GuardedBy("this")
  private @Nullable EarlyEnd early;

  @GuardedBy("this")
  private @Nullable Integer exitCode;

  BatchEnd(
      PrintWriter out,
      BatchCounts counts,
      EarlierResults earlier,
      boolean validateOnly,
      boolean resumable) {
    this.out = out;
    this.counts = counts;
    this.earlier = earlier;
    this.validateOnly = validateOnly;
    this.resumable = resumable;
  }

  /** Says what ended the batch early; null if nothing did. */
  synchronized void is(@Nullable EarlyEnd end) {
    early = end;
  }

  /** Prints the table and what to do next, unless that was done. Returns the exit code. */
  synchronized int print() {
    if (exitCode != null) {
      return exitCode;
    }
    new BatchTable(out)
        .print(counts, Duration.ofNanos(System.nanoTime() - startNanos), validateOnly);
    if (early != null) {
      out.println("ended early: " + early.reason());
    }
    if (resumable && !validateOnly) {
      if (early != null && !early.isUnusable()) {
        out.println("to continue: run the same command with --resume");
      } else if (counts.again() > 0) {
        out.printf(
            "%,d rows may succeed later: run the same command with --resume%n", counts.again());
      }
    }
    out.flush();
    exitCode = code();
    return exitCode;
  }

  @GuardedBy("this")
  private int code() {
    if (early != null) {
      return early.isUnusable() ? BatchCommand.EXIT_USAGE : BatchCommand.EXIT_UNFINISHED;
    }
    boolean all =
        counts.of(Outcome.OUTCOME_ACCEPTED) == counts.results()
            && counts.badRows() == 0
            && earlier.notAccepted() == 0;
    return all ? BatchCommand.EXIT_ALL_ACCEPTED : BatchCommand.EXIT_SOME_NOT;
  }
}
