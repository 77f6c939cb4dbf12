package dev.wxnotify.cli;

import java.io.PrintStream;
import java.text.DecimalFormat;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar in a terminal. */
final class BarProgress implements BatchProgress {
  private static final Duration REFRESH = Duration.ofMillis(200);

  private final PrintStream terminal;
  private final BatchCounts counts;
  private final long before;
  private final int width;
  private final ProgressBar bar;
  private final Ticker ticker;

  /**
   * Begins.
   *
   * @param total rows of the input; -1 if not known
   * @param before rows that were done before, which do not count in the rate
   * @param width of the terminal, in characters
   */
  BarProgress(PrintStream terminal, BatchCounts counts, long total, long before, int width) {
    this.terminal = terminal;
    this.counts = counts;
    this.before = before;
    this.width = width;
    this.bar =
        new ProgressBarBuilder()
            .setTaskName("batch")
            .setInitialMax(total)
            .startsFrom(before, Duration.ZERO)
            .setStyle(ProgressBarStyle.ASCII)
            .setUnit(" rows", 1)
            .showSpeed(new DecimalFormat("#,##0"))
            .setUpdateIntervalMillis((int) REFRESH.toMillis())
            .setConsumer(new ConsoleProgressBarConsumer(terminal, width))
            .build();
    this.ticker = new Ticker(REFRESH, this::show);
  }

  private void show() {
    bar.setExtraMessage(" " + counts.line());
    bar.stepTo(Math.max(before, counts.rows()));
  }

  /** Prints the line in place of the bar, and draws the bar again below it. */
  @Override
  public void say(String line) {
    synchronized (terminal) {
      terminal.print("\r" + " ".repeat(width) + "\r" + line + System.lineSeparator());
      terminal.flush();
    }
    bar.refresh();
  }

  @Override
  public synchronized void close() {
    if (ticker.stop()) {
      show();
      bar.close();
    }
  }
}
