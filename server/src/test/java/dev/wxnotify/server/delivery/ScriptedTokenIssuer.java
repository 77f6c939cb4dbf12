package dev.wxnotify.server.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.TokenIssuer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Issues {@code token-1}, {@code token-2} and so on, or scripted results, immediately or when the
 * test allows it. Thread-safe.
 */
final class ScriptedTokenIssuer implements TokenIssuer {
  static final Duration LIFE = Duration.ofHours(2);

  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Queue<IssueResult> script = new ArrayDeque<>();

  @GuardedBy("lock")
  private CompletableFuture<?> go = CompletableFuture.completedFuture(null);

  @GuardedBy("lock")
  private int calls;

  /** Answers the next requests with {@code results}, one each. */
  void script(IssueResult... results) {
    synchronized (lock) {
      script.addAll(List.of(results));
    }
  }

  /** Holds back answers until {@link #release}. */
  void hold() {
    synchronized (lock) {
      go = new CompletableFuture<>();
    }
  }

  /** Lets the answers arrive. */
  void release() {
    CompletableFuture<?> waiting;
    synchronized (lock) {
      waiting = go;
    }
    waiting.complete(null);
  }

  /** Returns how often the issuer was called. */
  int calls() {
    synchronized (lock) {
      return calls;
    }
  }

  @Override
  public CompletionStage<IssueResult> issue(Mode mode) {
    synchronized (lock) {
      calls++;
      IssueResult scripted = script.poll();
      IssueResult result =
          scripted == null ? new IssueResult.Issued("token-" + calls, LIFE) : scripted;
      return go.thenApply(ready -> result);
    }
  }
}
