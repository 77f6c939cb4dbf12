package dev.wxnotify.server.delivery;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The ledger of one process. What is under way is never forgotten, and is bounded by the messages
 * in flight; what is done is bounded by number and by age.
 *
 * <p>Concurrency: all decisions about a key are made inside the atomic operation of {@link
 * #underWay} on that key.
 */
public final class InMemoryOutcomeLedger implements OutcomeLedger {
  /** How long an outcome is remembered, as the contract promises. */
  public static final Duration RETENTION = Duration.ofHours(24);

  private final Map<Key, String> underWay = new ConcurrentHashMap<>();
  private final Cache<Key, Entry> done;

  private record Entry(String fingerprint, SendOutcome outcome) {}

  /**
   * Creates an empty ledger.
   *
   * @param maxEntries the most outcomes to remember; beyond that those go first that nobody asks
   *     for
   * @param nanoClock the time that ages are measured in, as {@link System#nanoTime}
   */
  public InMemoryOutcomeLedger(long maxEntries, LongSupplier nanoClock) {
    this.done =
        Caffeine.newBuilder()
            .maximumSize(maxEntries)
            .expireAfterWrite(RETENTION)
            .ticker(nanoClock::getAsLong)
            .executor(Runnable::run)
            .build();
  }

  @Override
  public CompletionStage<Claim> claim(Key key, String fingerprint, Duration longest) {
    Claim[] claim = new Claim[1];
    underWay.compute(
        key,
        (same, other) -> {
          if (other != null) {
            claim[0] = other.equals(fingerprint) ? new Claim.InProgress() : new Claim.Conflict();
            return other;
          }
          Entry entry = done.getIfPresent(key);
          if (entry != null) {
            claim[0] =
                entry.fingerprint.equals(fingerprint)
                    ? new Claim.Done(entry.outcome)
                    : new Claim.Conflict();
            return null;
          }
          claim[0] = new Claim.Granted();
          return fingerprint;
        });
    return CompletableFuture.completedStage(claim[0]);
  }

  @Override
  public CompletionStage<Void> store(Key key, String fingerprint, SendOutcome outcome) {
    done.put(key, new Entry(fingerprint, outcome));
    underWay.remove(key);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<Void> release(Key key) {
    underWay.remove(key);
    return CompletableFuture.completedStage(null);
  }
}
