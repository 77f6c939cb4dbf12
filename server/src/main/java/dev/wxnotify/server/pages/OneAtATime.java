package dev.wxnotify.server.pages;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs tasks in their order on the threads of another executor, never two at once. */
final class OneAtATime implements Executor {
  private static final Logger log = LoggerFactory.getLogger(OneAtATime.class);

  private final Executor threads;
  private final Queue<Runnable> waiting = new ArrayDeque<>();

  OneAtATime(Executor threads) {
    this.threads = threads;
  }

  @Override
  public void execute(Runnable task) {
    boolean isFirst;
    synchronized (waiting) {
      waiting.add(task);
      isFirst = waiting.size() == 1;
    }
    if (isFirst) {
      threads.execute(this::runAll);
    }
  }

  /** Each task stays in the queue while it runs, so that nobody begins a second run. */
  private void runAll() {
    Runnable task = peek();
    while (task != null) {
      try {
        task.run();
      } catch (RuntimeException e) {
        log.error("a step of a page failed unexpectedly", e);
      }
      synchronized (waiting) {
        waiting.remove();
      }
      task = peek();
    }
  }

  private @Nullable Runnable peek() {
    synchronized (waiting) {
      return waiting.peek();
    }
  }
}
