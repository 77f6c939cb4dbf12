package dev.wxnotify.server.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.delivery.ForgottenOutcomes;
import dev.wxnotify.server.delivery.InMemoryOutcomeLedger;
import dev.wxnotify.server.delivery.OutcomeLedger;
import dev.wxnotify.server.delivery.SendOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * What Redis does not know yet, one entry for each key, in the order in which it was added. An
 * entry keeps its place however often Redis does not take it.
 *
 * <p>Bounded: beyond the limit the oldest entry is forgotten first, as the message that is least
 * likely to be repeated, and so is one whose message nobody may repeat any more, after 24 hours.
 *
 * <p>An entry costs about 130 bytes beyond what the process's own ledger remembers in any case.
 */
final class Backlog {
  private static final Duration RETENTION = InMemoryOutcomeLedger.RETENTION;

  private final long limit;
  private final LongSupplier nanoClock;
  private final ForgottenOutcomes forgotten;

  /** In the order of {@link Entry#number}. */
  @GuardedBy("this")
  private final Map<OutcomeLedger.Key, Entry> waiting = new LinkedHashMap<>();

  @GuardedBy("this")
  private long lastNumber;

  /**
   * What became of a claim.
   *
   * @param fingerprint of the message; empty if the claim was given back
   * @param outcome null if the claim was given back
   * @param lastClaim the number of the last claim that this may be about
   */
  record News(String fingerprint, @Nullable SendOutcome outcome, long lastClaim) {
    /** An outcome is the last word: a repeat would be a second copy. */
    News or(News later) {
      return outcome != null ? this : later;
    }
  }

  /**
   * News of a key.
   *
   * @param number larger than that of all entries that were added before
   * @param since when it was added, on the clock of the backlog
   */
  record Entry(long number, OutcomeLedger.Key key, News news, long since) {}

  /**
   * An empty one.
   *
   * @param limit the most entries
   * @param nanoClock the time, as {@link System#nanoTime}
   */
  Backlog(long limit, LongSupplier nanoClock) {
    this.limit = limit;
    this.nanoClock = nanoClock;
    this.forgotten =
        new ForgottenOutcomes(
            Level.WARN,
            "redis: more outcomes wait for it than wxnotify.ledger.max-entries ("
                + limit
                + "): the oldest are forgotten, and a repeat of those on another replica may be"
                + " sent again",
            nanoClock);
  }

  /** Adds news, as the youngest. */
  void add(OutcomeLedger.Key key, News news) {
    Duration age = addNow(key, news);
    if (age != null) {
      forgotten.add(age);
    }
  }

  /** Returns the age of the entry that had to leave for this one; null if none had to. */
  private synchronized @Nullable Duration addNow(OutcomeLedger.Key key, News news) {
    long now = nanoClock.getAsLong();
    Entry before = waiting.remove(key);
    News kept = before == null ? news : before.news.or(news);
    waiting.put(key, new Entry(++lastNumber, key, kept, now));
    dropAged(now);
    if (waiting.size() <= limit) {
      return null;
    }
    Iterator<Entry> entries = waiting.values().iterator();
    Entry oldest = entries.next();
    entries.remove();
    return Duration.ofNanos(now - oldest.since);
  }

  /** Removes news that Redis knows now, unless there are others meanwhile. */
  synchronized void stored(OutcomeLedger.Key key, News news) {
    Entry entry = waiting.get(key);
    if (entry != null && entry.news.equals(news)) {
      waiting.remove(key);
    }
  }

  synchronized Optional<News> of(OutcomeLedger.Key key) {
    return Optional.ofNullable(waiting.get(key)).map(Entry::news);
  }

  /**
   * Returns the oldest entries whose number is above {@code number}, {@code most} of them. Those
   * before it are few, since what Redis takes is removed.
   */
  synchronized List<Entry> after(long number, int most) {
    dropAged(nanoClock.getAsLong());
    List<Entry> found = new ArrayList<>(Math.min(most, waiting.size()));
    for (Entry entry : waiting.values()) {
      if (found.size() == most) {
        break;
      }
      if (entry.number > number) {
        found.add(entry);
      }
    }
    return found;
  }

  @GuardedBy("this")
  private void dropAged(long now) {
    Iterator<Entry> entries = waiting.values().iterator();
    while (entries.hasNext() && now - entries.next().since >= RETENTION.toNanos()) {
      entries.remove();
    }
  }

  synchronized int size() {
    return waiting.size();
  }

  /** Returns how many were forgotten since the start, as there were too many. */
  long forgotten() {
    return forgotten.count();
  }
}
