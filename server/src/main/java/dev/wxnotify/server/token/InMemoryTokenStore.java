package dev.wxnotify.server.token;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The store of a server that shares its token with no other process. */
public final class InMemoryTokenStore implements TokenStore {
  private final Object lock = new Object();
  private final InstantSource clock;

  @GuardedBy("lock")
  private @Nullable AccessToken stored;

  @GuardedBy("lock")
  private final Map<Purpose, Held> leases = new EnumMap<>(Purpose.class);

  /** Creates an empty store that uses the time of {@code clock}. */
  public InMemoryTokenStore(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public CompletionStage<Optional<AccessToken>> load() {
    synchronized (lock) {
      return CompletableFuture.completedStage(
          Optional.ofNullable(stored).filter(token -> clock.instant().isBefore(token.expiresAt())));
    }
  }

  @Override
  public CompletionStage<Void> save(AccessToken token) {
    synchronized (lock) {
      if (stored == null || !stored.isNewerThan(token)) {
        stored = token;
      }
    }
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<Void> discard(AccessToken token) {
    synchronized (lock) {
      if (stored != null && stored.isSameAs(token)) {
        stored = null;
      }
    }
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<Optional<Lease>> tryLease(Purpose purpose, Duration duration) {
    synchronized (lock) {
      Instant now = clock.instant();
      Held holder = leases.get(purpose);
      if (holder != null && now.isBefore(holder.until)) {
        return CompletableFuture.completedStage(Optional.empty());
      }
      Held mine = new Held(now.plus(duration));
      leases.put(purpose, mine);
      return CompletableFuture.completedStage(Optional.of(() -> release(purpose, mine)));
    }
  }

  private void release(Purpose purpose, Held lease) {
    synchronized (lock) {
      leases.remove(purpose, lease);
    }
  }

  /** Distinguished by identity, so that a late release never ends the lease of another holder. */
  private static final class Held {
    final Instant until;

    Held(Instant until) {
      this.until = until;
    }
  }
}
