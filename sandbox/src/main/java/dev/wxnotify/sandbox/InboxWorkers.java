package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageAnswer;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what takes longer than the event loops of the sends may wait: pages and long lists. Its
 * threads do not exist before the first task, and end when there is none for a while.
 */
final class InboxWorkers implements Executor, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(InboxWorkers.class);
  private static final int THREADS = 2;
  private static final int MOST_WAITING = 256;
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final ThreadPoolExecutor executor;

  InboxWorkers() {
    executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE.toSeconds(),
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            task -> {
              Thread thread = new Thread(task, "sandbox-pages");
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
  }

  /** A reply that one of the threads makes; 503 if there are too many. */
  Reply reply(Supplier<? extends Reply> work) {
    try {
      return new Reply.Later(CompletableFuture.supplyAsync(work, executor), InboxWorkers::nothing);
    } catch (RejectedExecutionException e) {
      log.debug("too many requests for pages", e);
      return new Reply.Page(
          PageAnswer.text(503, "Too many requests for pages wait already. Try again later.")
              .with("Retry-After", "1"));
    }
  }

  /**
   * Runs a task on one of the threads, or on this one if there are too many.
   *
   * <p>It is for threads that may wait.
   */
  @Override
  public void execute(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("no thread is free", e);
      task.run();
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  private static void nothing() {}
}
