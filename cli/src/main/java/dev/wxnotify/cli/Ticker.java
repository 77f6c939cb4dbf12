package dev.wxnotify.cli;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs a task at a fixed rate, on its own daemon thread. */
final class Ticker {
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "wxnotify-progress");
            thread.setDaemon(true);
            return thread;
          });

  Ticker(Duration interval, Runnable task) {
    long nanos = interval.toNanos();
    var ignored = timer.scheduleAtFixedRate(task, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /** Stops. Returns false if it was already stopped. */
  boolean stop() {
    if (timer.isShutdown()) {
      return false;
    }
    timer.shutdownNow();
    return true;
  }
}
