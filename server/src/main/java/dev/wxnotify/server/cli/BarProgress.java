package dev.wxnotify.server.cli;

import java.io.PrintStream;
import java.text.DecimalFormat;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar in a terminal. */
final class BarProgress implements BatchProgress {
  private static final Duration REFRESH = Duration.ofMillis(200);

  private final PrintStream terminal;
  private final BatchCounts counts;
  private final int width;
  private final ProgressBar bar;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "wxnotify-progress");
            thread.setDaemon(true);
            return thread;
          });

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
    long nanos = REFRESH.toNanos();
    var ignored = timer.scheduleAtFixedRate(this::show, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  private void show() {
    bar.setExtraMessage(" " + counts.line());
    bar.stepTo(counts.rows());
  }

  /** Over the bar, which is drawn anew below. */
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
    if (!timer.isShutdown()) {
      timer.shutdownNow();
      show();
      bar.close();
    }
  }
}
