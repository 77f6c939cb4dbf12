package dev.wxnotify.server.token;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A store that works until it is broken: then every stage fails, and its content stays. */
final class FlakyTokenStore implements TokenStore {
  private final InMemoryTokenStore store;
  private final AtomicInteger uses = new AtomicInteger();
  private final AtomicReference<@Nullable Runnable> beforeNextLease = new AtomicReference<>();
  private volatile boolean broken;
  private volatile boolean throwing;

  FlakyTokenStore(InstantSource clock) {
    store = new InMemoryTokenStore(clock);
  }

  void breakDown() {
    broken = true;
  }

  /** Also breaks the contract: throws instead of failing the stage. */
  void breakContract() {
    throwing = true;
  }

  void recover() {
    broken = false;
    throwing = false;
  }

  /** Lets another replica win: runs {@code theirs} before the next attempt to take the lease. */
  void beforeNextLease(Runnable theirs) {
    beforeNextLease.set(theirs);
  }

  /** Returns how often the store was called. */
  int uses() {
    return uses.get();
  }

  @Override
  public CompletionStage<Optional<AccessToken>> load() {
    return isDown() ? down() : store.load();
  }

  @Override
  public CompletionStage<Void> save(AccessToken token) {
    return isDown() ? down() : store.save(token);
  }

  @Override
  public CompletionStage<Void> discard(AccessToken token) {
    return isDown() ? down() : store.discard(token);
  }

  @Override
  public CompletionStage<Optional<Lease>> tryLease(Purpose purpose, Duration duration) {
    Runnable theirs = beforeNextLease.getAndSet(null);
    if (theirs != null) {
      theirs.run();
    }
    return isDown() ? down() : store.tryLease(purpose, duration);
  }

  private boolean isDown() {
    uses.incrementAndGet();
    if (throwing) {
      throw new IllegalStateException("not connected to redis://:top-secret@redis");
    }
    return broken;
  }

  private static <T> CompletionStage<T> down() {
    return CompletableFuture.failedStage(new IllegalStateException("the store is down"));
  }
}
