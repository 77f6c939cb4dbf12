package dev.wxnotify.server.journal;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Makes the threads of the journal, which all are daemons, and end when nothing needs them. */
final class JournalThreads {
  private static final Duration IDLE = Duration.ofSeconds(10);

  private JournalThreads() {}

  static Thread make(String name, Runnable task) {
    Thread thread = new Thread(task, "wxnotify-journal-" + name);
    thread.setDaemon(true);
    return thread;
  }

  private static ThreadFactory factory(String name) {
    return task -> make(name, task);
  }

  /** Returns a timer that runs its tasks on up to {@code threads} threads. */
  static ScheduledThreadPoolExecutor timer(String name, int threads) {
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(threads, factory(name));
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    timer.setKeepAliveTime(IDLE.toMillis(), TimeUnit.MILLISECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  /** Returns a pool that refuses a task while {@code waiting} others wait. */
  static ThreadPoolExecutor pool(String name, int threads, int waiting) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new ArrayBlockingQueue<>(waiting),
            factory(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
