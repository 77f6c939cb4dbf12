package dev.wxnotify.cli;

import java.io.PrintWriter;
import java.time.Duration;

/** Prints a line at intervals, for logs and pipes. */
final class PlainProgress implements BatchProgress {
  private final PrintWriter err;
  private final BatchCounts counts;
  private final long total;
  private final long startNanos = System.nanoTime();
  private final Ticker ticker;

  /**
   * Begins.
   *
   * @param total rows of the input; -1 if not known
   */
  PlainProgress(PrintWriter err, BatchCounts counts, long total, Duration interval) {
    this.err = err;
    this.counts = counts;
    this.total = total;
    this.ticker = new Ticker(interval, this::show);
  }

  private void show() {
    long rows = counts.rows();
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    double rate = counts.results() / Math.max(seconds, 0.001);
    StringBuilder line = new StringBuilder(String.format("%,d rows", rows));
    if (total > 0) {
      line.append(String.format(" of %,d (%d %%)", total, 100 * rows / total));
    }
    line.append(String.format(", %,.0f/s", rate));
    if (total > rows && rate > 0) {
      line.append(", about ")
          .append(Durations.text(Duration.ofMillis(Math.round((total - rows) / rate * 1000))))
          .append(" left");
    }
    say(line.append(": ").append(counts.line()).toString());
  }

  @Override
  public void say(String line) {
    synchronized (err) {
      err.println(line);
      err.flush();
    }
  }

  @Override
  public synchronized void close() {
    if (ticker.stop()) {
      show();
    }
  }
}
