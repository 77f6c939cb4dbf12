package dev.wxnotify.sandbox;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread, which does not exist before the first task. */
final class PushThread implements PushTimer {

  private static final Logger log = LoggerFactory.getLogger(PushThread.class);

  private final ScheduledThreadPoolExecutor executor;

  PushThread() {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "sandbox-push");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void run(Runnable task) {
    executor.execute(logged(task));
  }

  @Override
  public void after(Duration delay, Runnable task) {
    var unused = executor.schedule(logged(task), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  /** The executor would keep the error to itself. */
  private static Runnable logged(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        log.warn("a push failed", e);
      }
    };
  }
}
