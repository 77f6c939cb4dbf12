package dev.wxnotify.server.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A ledger that a test can make slow or broken. Thread-safe. */
final class FlakyLedger implements OutcomeLedger {

  /** How the ledger behaves. */
  enum Mood {
    /** Its stages complete immediately. */
    WELL,
    /** It does its work, and its stages complete when {@link #recover} is called. */
    SLOW,
    /** Its stages fail. */
    FAILING,
    /** Its methods throw. */
    THROWING
  }

  private final OutcomeLedger ledger;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private Mood mood = Mood.WELL;

  @GuardedBy("lock")
  private CompletableFuture<?> recovery = CompletableFuture.completedFuture(null);

  FlakyLedger(OutcomeLedger ledger) {
    this.ledger = ledger;
  }

  void become(Mood mood) {
    synchronized (lock) {
      this.mood = mood;
      if (mood == Mood.SLOW) {
        recovery = new CompletableFuture<>();
      }
    }
  }

  /** Recovers; delayed stages complete. */
  void recover() {
    CompletableFuture<?> waiting;
    synchronized (lock) {
      mood = Mood.WELL;
      waiting = recovery;
    }
    waiting.complete(null);
  }

  @Override
  public CompletionStage<Claim> claim(Key key, String fingerprint, Duration longest) {
    return moody(() -> ledger.claim(key, fingerprint, longest));
  }

  @Override
  public CompletionStage<Void> store(Key key, String fingerprint, SendOutcome outcome) {
    return moody(() -> ledger.store(key, fingerprint, outcome));
  }

  @Override
  public CompletionStage<Void> release(Key key) {
    return moody(() -> ledger.release(key));
  }

  private <T> CompletionStage<T> moody(Supplier<CompletionStage<T>> work) {
    synchronized (lock) {
      return switch (mood) {
        case WELL -> work.get();
        case SLOW -> {
          CompletionStage<T> done = work.get();
          yield recovery.thenCompose(recovered -> done);
        }
        case FAILING -> CompletableFuture.failedStage(new IllegalStateException("the ledger"));
        case THROWING -> throw new IllegalStateException("the ledger");
      };
    }
  }
}
