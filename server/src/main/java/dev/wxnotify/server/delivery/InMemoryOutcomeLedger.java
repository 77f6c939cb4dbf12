package dev.wxnotify.server.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * The ledger of one process.
 *
 * <pre>
 *            claim            store                 oldest of too many, or 24 h old
 *   (none) ────────▶ under way ─────▶ done, youngest ─────────────────────────────▶ (none)
 *      ▲                 │
 *      └──── release ────┘
 * </pre>
 *
 * <p>What is done is one queue in the order in which it was stored: the oldest leaves first, and
 * never a younger one before it. What is under way is not in that queue, since to forget it would
 * let a second copy out; it is bounded by the messages in flight.
 *
 * <p>Concurrency: both are guarded by one lock, held for a few instructions. No step of it grows
 * with what is remembered: a full ledger drops one outcome for each that is stored, and old ones
 * leave a few at a time.
 */
public final class InMemoryOutcomeLedger implements OutcomeLedger {
  /** How long an outcome is remembered, as the contract promises. */
  public static final Duration RETENTION = Duration.ofHours(24);

  /** So many outcomes that are too old leave with each step: more than one, so that all go. */
  private static final int AGED_AT_ONCE = 4;

  /** A table that grows holds up everybody for some milliseconds, so that it starts large. */
  private static final int LARGEST_FIRST_TABLE = 1 << 20;

  private final long maxEntries;
  private final LongSupplier nanoClock;
  private final ForgottenOutcomes forgotten;

  /** Fingerprints by key. */
  @GuardedBy("this")
  private final Map<Key, String> underWay = new HashMap<>();

  /** In the order of {@link Entry#storedAt}, oldest first. */
  @GuardedBy("this")
  private final LinkedHashMap<Key, Entry> done;

  private record Entry(String fingerprint, SendOutcome outcome, long storedAt) {}

  /**
   * Creates an empty ledger.
   *
   * @param maxEntries the most outcomes to remember; beyond that the oldest leave first
   * @param nanoClock the time that ages are measured in, as {@link System#nanoTime}
   * @param level of the line that reports that outcomes had to leave before their time
   */
  public InMemoryOutcomeLedger(long maxEntries, LongSupplier nanoClock, Level level) {
    this.maxEntries = maxEntries;
    this.nanoClock = nanoClock;
    this.done =
        new LinkedHashMap<>((int) Math.min(LARGEST_FIRST_TABLE, maxEntries + maxEntries / 3 + 1));
    this.forgotten =
        new ForgottenOutcomes(
            level,
            "ledger: wxnotify.ledger.max-entries ("
                + maxEntries
                + ") is too small for the request ids of "
                + RETENTION.toHours()
                + " h: the oldest outcomes are forgotten, and a repeat of such a message is sent"
                + " again unless Redis has its outcome",
            nanoClock);
  }

  @Override
  public CompletionStage<Claim> claim(Key key, String fingerprint, Duration longest) {
    return CompletableFuture.completedStage(claimNow(key, fingerprint));
  }

  private synchronized Claim claimNow(Key key, String fingerprint) {
    String other = underWay.get(key);
    if (other != null) {
      return other.equals(fingerprint) ? new Claim.InProgress() : new Claim.Conflict();
    }
    dropAged();
    Entry entry = done.get(key);
    if (entry != null && !isAged(entry)) {
      return entry.fingerprint.equals(fingerprint)
          ? new Claim.Done(entry.outcome)
          : new Claim.Conflict();
    }
    underWay.put(key, fingerprint);
    return new Claim.Granted();
  }

  @Override
  public CompletionStage<Void> store(Key key, String fingerprint, SendOutcome outcome) {
    Duration age = storeNow(key, fingerprint, outcome);
    if (age != null) {
      forgotten.add(age);
    }
    return CompletableFuture.completedStage(null);
  }

  /** Returns the age of the outcome that had to leave for this one; null if none had to. */
  private synchronized @Nullable Duration storeNow(
      Key key, String fingerprint, SendOutcome outcome) {
    underWay.remove(key);
    done.remove(key); // Where it is stored anew it is the youngest.
    done.put(key, new Entry(fingerprint, outcome, nanoClock.getAsLong()));
    dropAged();
    return done.size() > maxEntries ? Duration.ofNanos(age(dropOldest())) : null;
  }

  @Override
  public synchronized CompletionStage<Void> release(Key key) {
    underWay.remove(key);
    return CompletableFuture.completedStage(null);
  }

  /** Returns how many outcomes had to leave before they were {@link #RETENTION} old. */
  public long forgotten() {
    return forgotten.count();
  }

  @GuardedBy("this")
  private void dropAged() {
    for (int i = 0; i < AGED_AT_ONCE && !done.isEmpty() && isAged(oldest()); i++) {
      dropOldest();
    }
  }

  @GuardedBy("this")
  private Entry oldest() {
    return done.values().iterator().next();
  }

  @GuardedBy("this")
  private Entry dropOldest() {
    Iterator<Entry> entries = done.values().iterator();
    Entry oldest = entries.next();
    entries.remove();
    return oldest;
  }

  private boolean isAged(Entry entry) {
    return age(entry) >= RETENTION.toNanos();
  }

  private long age(Entry entry) {
    return nanoClock.getAsLong() - entry.storedAt;
  }
}
