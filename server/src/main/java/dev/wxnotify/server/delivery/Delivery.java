package dev.wxnotify.server.delivery;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An order that was taken. */
public final class Delivery {
  private final CompletableFuture<Delivered> answer;
  private final @Nullable Sending sending;

  Delivery(Sending sending) {
    this.answer = sending.answer();
    this.sending = sending;
  }

  /** An order that was answered on the spot. */
  Delivery(Delivered answer) {
    this.answer = CompletableFuture.completedFuture(answer);
    this.sending = null;
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
    if (sending != null) {
      sending.cancel();
    }
  }

  /** Gives up as {@link #cancel} does, since the server stops. */
  public void stop() {
    if (sending != null) {
      sending.stop();
    }
  }

  /** Returns how often WeChat was asked to take the message; to be read when it has ended. */
  int calls() {
    return sending == null ? 0 : sending.calls();
  }
}
