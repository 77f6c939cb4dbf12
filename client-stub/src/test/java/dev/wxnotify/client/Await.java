package dev.wxnotify.client;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits, for a bounded time, for events on other threads. */
final class Await {
  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(5);

  private Await() {}

  static void until(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + LONGEST + ": " + what);
      }
      Thread.sleep(POLL.toMillis());
    }
  }
}
