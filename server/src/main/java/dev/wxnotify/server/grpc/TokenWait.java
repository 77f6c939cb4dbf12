package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.token.TokenResult;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The wait of one call for a token, which ends once: with the token, or when it is given up. Only
 * this wait ends then; the renewal goes on for the others.
 *
 * <p>Concurrency: the first reason to give up counts, and is there before the future is cancelled,
 * whose one completion decides between the token and the reason.
 */
final class TokenWait {
  private static final NotSent OWN_FAULT =
      new NotSent(NotSent.Reason.INTERNAL_ERROR, "internal server error");

  private final CompletableFuture<TokenResult> token;
  private final AtomicReference<@Nullable NotSent> why = new AtomicReference<>();

  /**
   * Waits for a token.
   *
   * @param token the caller's own future
   */
  TokenWait(CompletableFuture<TokenResult> token) {
    this.token = token;
  }

  /** Has one of the two run when the wait is over. */
  void whenOver(Consumer<TokenResult> ended, Consumer<NotSent> givenUp) {
    var ignored =
        token.whenComplete(
            (result, fault) -> {
              if (fault == null) {
                ended.accept(result);
              } else {
                NotSent reason = why.get();
                givenUp.accept(reason == null ? OWN_FAULT : reason);
              }
            });
  }

  void giveUp(NotSent reason) {
    why.compareAndSet(null, reason);
    token.cancel(false);
  }

  void giveUpAfter(Duration timeout, NotSent reason, ScheduledExecutorService timer) {
    Future<?> deadline =
        timer.schedule(() -> giveUp(reason), timeout.toNanos(), TimeUnit.NANOSECONDS);
    var ignored = token.whenComplete((result, fault) -> deadline.cancel(false));
  }
}
