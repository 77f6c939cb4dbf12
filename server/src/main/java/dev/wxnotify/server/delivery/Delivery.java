package dev.wxnotify.server.delivery;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An accepted order. */
public final class Delivery {
  private final CompletableFuture<Reply> answer;
  private final @Nullable Sending sending;

  Delivery(Sending sending) {
    this.answer = sending.answer();
    this.sending = sending;
  }

  /** An order that was answered immediately. */
  Delivery(Reply answer) {
    this.answer = CompletableFuture.completedFuture(answer);
    this.sending = null;
  }

  /** Returns the caller's answer; completes normally, by the order's timeout at the latest. */
  public CompletableFuture<Reply> answer() {
    return answer;
  }

  /**
   * Gives up a message that has not been written. A written message stays recorded under its
   * request id.
   */
  public void cancel() {
    if (sending != null) {
      sending.cancel();
    }
  }

  /** Gives up as {@link #cancel} does, because the server stops. */
  public void stop() {
    if (sending != null) {
      sending.stop();
    }
  }

  /**
   * Returns the number of requests to WeChat to take the message; read it after the message has
   * ended.
   */
  int calls() {
    return sending == null ? 0 : sending.calls();
  }
}
