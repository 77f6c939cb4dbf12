package dev.wxnotify.browser;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.openqa.selenium.StaleElementReferenceException;

/** Waits for what must happen. No busy machine reaches its bound. */
final class Await {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final long PAUSE_MILLIS = 20;

  private Await() {}

  /**
   * Waits until {@code condition} holds. A part of a page that is replaced meanwhile is looked for
   * again.
   *
   * @param what it is, for the message of the failure
   */
  static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + BOUND.toNanos();
    while (!holds(condition)) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("did not happen within " + BOUND.toSeconds() + " s: " + what);
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting: " + what, e);
      }
    }
  }

  private static boolean holds(BooleanSupplier condition) {
    try {
      return condition.getAsBoolean();
    } catch (StaleElementReferenceException e) {
      return false;
    }
  }
}
