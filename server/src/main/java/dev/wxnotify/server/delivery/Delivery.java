package dev.wxnotify.server.delivery;

import java.util.concurrent.CompletableFuture;

/** An order that was taken. */
public final class Delivery {
  private final CompletableFuture<Delivered> answer;
  private final Runnable cancel;

  Delivery(CompletableFuture<Delivered> answer, Runnable cancel) {
    this.answer = answer;
    this.cancel = cancel;
  }

  /** Returns what the caller hears; completes normally, by the order's timeout at the latest. */
  public CompletableFuture<Delivered> answer() {
    return answer;
  }

  /**
   * Gives up a message that has not been written. What was written stays on record under its
   * request id.
   */
  public void cancel() {
    cancel.run();
  }
}
