package dev.wxnotify.server.testing;

import dev.wxnotify.server.delivery.Turn;
import java.util.function.BooleanSupplier;

/** Turns at a gate, scripted by a test. */
public final class Turns {
  private Turns() {}

  /** Returns a turn of weight 1. */
  public static Turn of(BooleanSupplier task) {
    return of(1, task);
  }

  /** Returns a turn of {@code weight} that runs {@code task}, which says whether it was used. */
  public static Turn of(int weight, BooleanSupplier task) {
    return new Turn(weight) {
      @Override
      protected boolean use() {
        return task.getAsBoolean();
      }
    };
  }

  /** Returns a turn of weight 1 that is used. */
  public static Turn using(Runnable task) {
    return of(
        () -> {
          task.run();
          return true;
        });
  }
}
