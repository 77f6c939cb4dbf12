package dev.wxnotify.sandbox;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what must happen. */
final class Eventually {

  /** No busy machine reaches it. */
  private static final Duration BOUND = Duration.ofSeconds(60);

  private Eventually() {}

  static void until(String what, BooleanSupplier happened) throws InterruptedException {
    long end = System.nanoTime() + BOUND.toNanos();
    while (!happened.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("did not happen: " + what);
      }
      Thread.sleep(2);
    }
  }
}
