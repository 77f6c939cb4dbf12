package dev.wxnotify.server.journal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the store on a few threads. What does not find room among those that wait, or is not
 * answered within {@link #LONGEST}, fails; so a store that hangs holds a bounded number of calls
 * for a bounded time.
 */
final class JournalReads {
  /** When a stage fails. */
  static final Duration LONGEST = Duration.ofSeconds(10);

  /** The most reads that wait for a thread. */
  static final int WAITING = 500;

  private static final Logger log = LoggerFactory.getLogger(JournalReads.class);

  private final StoreState state;
  private final ScheduledExecutorService timer;
  private final ThreadPoolExecutor pool;

  JournalReads(String name, int threads, StoreState state, ScheduledExecutorService timer) {
    this.state = state;
    this.timer = timer;
    this.pool = JournalThreads.pool(name, threads, WAITING);
  }

  /** Returns what {@code read} returns, or fails with what it throws. Never blocks. */
  <T> CompletionStage<T> read(Supplier<T> read) {
    if (!state.isOpen()) {
      return CompletableFuture.failedStage(state.unavailable());
    }
    CompletableFuture<T> stage = new CompletableFuture<>();
    try {
      Future<?> deadline =
          timer.schedule(
              () -> stage.completeExceptionally(late()), LONGEST.toNanos(), TimeUnit.NANOSECONDS);
      var ignored = stage.whenComplete((result, why) -> deadline.cancel(false));
      pool.execute(() -> run(read, stage));
    } catch (RejectedExecutionException e) {
      stage.completeExceptionally(
          new JournalUnavailableException("too many reads wait for the journal", null));
    }
    return stage;
  }

  private static JournalUnavailableException late() {
    return new JournalUnavailableException(
        "the journal did not answer within " + LONGEST.toSeconds() + " s", null);
  }

  private <T> void run(Supplier<T> read, CompletableFuture<T> stage) {
    if (stage.isDone()) {
      return;
    }
    T result;
    try {
      result = read.get();
    } catch (JournalUnavailableException e) {
      state.failed(e);
      stage.completeExceptionally(e);
      return;
    } catch (CursorExpiredException | IllegalArgumentException e) {
      stage.completeExceptionally(e);
      return;
    } catch (RuntimeException | LinkageError e) {
      log.error("the journal failed unexpectedly", e);
      stage.completeExceptionally(
          new JournalUnavailableException("the journal failed: " + StoreState.text(e), null));
      return;
    }
    state.worked();
    stage.complete(result);
  }

  void stop() {
    pool.shutdown();
  }
}
