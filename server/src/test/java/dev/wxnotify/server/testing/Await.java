package dev.wxnotify.server.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Waits, for a bounded time, for events in another process or on other threads. */
public final class Await {
  /**
   * How long a test waits for an event that must happen: long enough for a busy machine, and
   * shorter than a test's timeout, so that the failure names the event.
   */
  public static final Duration LONGEST = Duration.ofSeconds(30);

  private static final Duration POLL = Duration.ofMillis(10);

  private Await() {}

  /**
   * Returns as soon as {@code condition} holds.
   *
   * @param what describes the condition if it never holds
   */
  public static void until(String what, Callable<Boolean> condition) throws Exception {
    until(() -> what, condition);
  }

  /**
   * Returns as soon as {@code condition} holds.
   *
   * @param what describes, at the end, the condition if it never holds
   */
  public static void until(Supplier<String> what, Callable<Boolean> condition) throws Exception {
    within(LONGEST, what, condition);
  }

  /** Does the same for an event that the server itself delays for {@code longest} at most. */
  public static void within(Duration longest, Supplier<String> what, Callable<Boolean> condition)
      throws Exception {
    long deadline = System.nanoTime() + longest.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + longest + ": " + what.get());
      }
      Thread.sleep(POLL.toMillis());
    }
  }

  /** Returns the result of {@code stage}. */
  public static <T> T result(CompletionStage<T> stage)
      throws InterruptedException, ExecutionException, TimeoutException {
    return stage.toCompletableFuture().get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
  }
}
