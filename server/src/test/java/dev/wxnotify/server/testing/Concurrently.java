package dev.wxnotify.server.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs the same action on many threads that start at the same moment. */
public final class Concurrently {
  private Concurrently() {}

  /** The action of one thread. */
  @FunctionalInterface
  public interface Action<T> {
    /**
     * Runs on its own thread.
     *
     * @param thread which one it is, from 0
     */
    T run(int thread) throws Exception;
  }

  /**
   * The results of the threads.
   *
   * @param results of the threads that returned, in the order of the threads
   * @param errors of the threads that threw, in the order of the threads
   */
  public record Outcome<T>(List<T> results, List<Throwable> errors) {

    /** Returns the results of all threads; none may have thrown. */
    public List<T> resultsOfAll() {
      if (!errors.isEmpty()) {
        AssertionError failure =
            new AssertionError(errors.size() + " threads threw", errors.get(0));
        errors.stream().skip(1).forEach(failure::addSuppressed);
        throw failure;
      }
      return results;
    }
  }

  /**
   * Runs {@code action} on {@code threads} threads and waits for them, for a bounded time.
   *
   * @throws AssertionError if one of them does not end; its message shows where that one hangs
   */
  public static <T> Outcome<T> run(int threads, Action<T> action) throws InterruptedException {
    CountDownLatch ready = new CountDownLatch(threads);
    CountDownLatch go = new CountDownLatch(1);
    List<FutureTask<T>> tasks = new ArrayList<>();
    List<Thread> started = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int number = i;
      FutureTask<T> task =
          new FutureTask<>(
              () -> {
                ready.countDown();
                go.await();
                return action.run(number);
              });
      Thread thread = new Thread(task, "concurrently-" + number);
      thread.setDaemon(true);
      thread.start();
      tasks.add(task);
      started.add(thread);
    }
    ready.await();
    go.countDown();

    long deadline = System.nanoTime() + Await.LONGEST.toNanos();
    List<T> results = new ArrayList<>();
    List<Throwable> errors = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      try {
        results.add(tasks.get(i).get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
      } catch (ExecutionException e) {
        errors.add(e.getCause() == null ? e : e.getCause());
      } catch (TimeoutException e) {
        throw hanging(started.get(i), e);
      }
    }
    return new Outcome<>(List.copyOf(results), List.copyOf(errors));
  }

  private static AssertionError hanging(Thread thread, TimeoutException timeout) {
    AssertionError failure =
        new AssertionError(thread.getName() + " did not end within " + Await.LONGEST, timeout);
    failure.setStackTrace(thread.getStackTrace());
    return failure;
  }
}
