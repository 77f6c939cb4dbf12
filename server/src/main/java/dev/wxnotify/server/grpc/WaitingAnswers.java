package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.v1.Outcome;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls, other than sends, that wait for WeChat or the journal, so that a stop can answer them.
 *
 * <p>Concurrency: a call is entered before {@link #givenUp} is read, and {@link #giveUp} sets it
 * before it looks at the entries, so that none is missed.
 */
final class WaitingAnswers {
  private static final NotSent STOPPING =
      new NotSent(
          NotSent.Reason.SERVER_STOPPING, "the server stopped before the call was answered");

  private static final Logger log = LoggerFactory.getLogger(WaitingAnswers.class);

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
    enter(
        result,
        responses,
        (value, cancelled) -> {
          app.use().end();
          if (cancelled != null) {
            responses.onError(Statuses.of(SendErrors.of(STOPPING, "")));
          } else {
            then.accept(value);
          }
        });
  }

  /**
   * Answers a call when the journal has answered, or when the server stops.
   *
   * @param then answers the call
   */
  <T> void await(CompletionStage<T> asked, StreamObserver<?> responses, Consumer<? super T> then) {
    CompletableFuture<T> result = asked.toCompletableFuture().copy();
    enter(
        result,
        responses,
        (value, fault) -> {
          if (fault != null) {
            responses.onError(
                Statuses.of(
                    result.isCancelled() ? SendErrors.of(STOPPING, "") : JournalFaults.of(fault)));
            return;
          }
          try {
            then.accept(value);
          } catch (RuntimeException broken) { // On a thread that knows of no call.
            log.error("a call failed unexpectedly while it was answered", broken);
            responses.onError(Statuses.of(SendErrors.internal(Outcome.OUTCOME_NOT_SENT)));
          }
        });
  }

  private <T> void enter(
      CompletableFuture<T> result,
      StreamObserver<?> responses,
      BiConsumer<? super T, ? super @Nullable Throwable> then) {
    Runnable giveUp = () -> result.cancel(false);
    waiting.add(giveUp);
    ((ServerCallStreamObserver<?>) responses).setOnCancelHandler(giveUp);
    var ignored =
        result.whenComplete(
            (value, fault) -> {
              waiting.remove(giveUp);
              then.accept(value, fault);
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
