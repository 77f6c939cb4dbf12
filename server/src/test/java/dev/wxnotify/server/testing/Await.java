package dev.wxnotify.server.testing;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits, for a bounded time, for what happens by itself in another process or on other threads. */
public final class Await {
  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(10);

  private Await() {}

  /**
   * Returns as soon as {@code condition} holds.
   *
   * @param what names the condition where it never holds
   */
  public static void until(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + LONGEST + ": " + what);
      }
      Thread.sleep(POLL.toMillis());
    }
  }
}
