package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Calls, other than sends, that wait for WeChat, so that a stop can answer them.
 *
 * <p>Concurrency: a call is entered before {@link #givenUp} is read, and {@link #giveUp} sets it
 * before it looks at the entries, so that none is missed.
 */
final class WaitingAnswers {
  private static final NotSent STOPPING =
      new NotSent(
          NotSent.Reason.SERVER_STOPPING, "the server stopped before WeChat answered the call");

  /** What gives up the callers that wait. */
  private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();

  private volatile boolean givenUp;

  /**
   * Answers a call when its result is there, or when the server stops.
   *
   * @param app needed until then
   * @param result the caller's own: it is cancelled if nobody waits for it any more
   * @param then answers the call
   */
  <T> void await(
      App app, CompletableFuture<T> result, StreamObserver<?> responses, Consumer<? super T> then) {
    app.use().begin();
    Runnable giveUp = () -> result.cancel(false);
    waiting.add(giveUp);
    ((ServerCallStreamObserver<?>) responses).setOnCancelHandler(giveUp);
    var ignored =
        result.whenComplete(
            (value, cancelled) -> {
              waiting.remove(giveUp);
              app.use().end();
              if (cancelled != null) {
                responses.onError(Statuses.of(SendErrors.of(STOPPING, "")));
              } else {
                then.accept(value);
              }
            });
    if (givenUp) {
      giveUp.run(); // It was let in right before that.
    }
  }

  /** Tells whether a call waits. */
  boolean isBusy() {
    return !waiting.isEmpty();
  }

  /** Ends the calls that wait, since the server cannot wait any longer. */
  void giveUp() {
    givenUp = true;
    waiting.forEach(Runnable::run);
  }
}
