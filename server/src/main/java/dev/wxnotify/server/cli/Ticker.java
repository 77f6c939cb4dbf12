package dev.wxnotify.server.cli;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Does something again and again, on a thread of its own that keeps no program alive. */
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

  /** Stops. Returns false if it was stopped before. */
  boolean stop() {
    if (timer.isShutdown()) {
      return false;
    }
    timer.shutdownNow();
    return true;
  }
}
