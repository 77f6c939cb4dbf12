package dev.wxnotify.server.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.delivery.OutcomeLedger;
import dev.wxnotify.server.delivery.SendOutcome;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What could not be told to Redis yet, one entry for each key, in the order in which it was added.
 * Bounded: the entry that has waited longest goes first, as the message that is least likely to be
 * repeated.
 *
 * <p>An entry costs about 80 bytes beyond what the process's own ledger remembers in any case.
 */
final class Backlog {
  private final long limit;

  @GuardedBy("this")
  private final Map<OutcomeLedger.Key, News> waiting = new LinkedHashMap<>();

  @GuardedBy("this")
  private long forgotten;

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

  /** News of a key. */
  record Entry(OutcomeLedger.Key key, News news) {}

  /**
   * An empty one.
   *
   * @param limit the most entries
   */
  Backlog(long limit) {
    this.limit = limit;
  }

  /** Adds news, or puts them back: they are the last in any case, so that none holds up others. */
  synchronized void add(OutcomeLedger.Key key, News news) {
    News before = waiting.remove(key);
    waiting.put(key, before == null ? news : before.or(news));
    if (waiting.size() > limit) {
      Iterator<OutcomeLedger.Key> oldest = waiting.keySet().iterator();
      oldest.next();
      oldest.remove();
      forgotten++;
    }
  }

  /** Removes news that were told, unless there are others meanwhile. */
  synchronized void told(OutcomeLedger.Key key, News news) {
    waiting.remove(key, news);
  }

  synchronized Optional<News> of(OutcomeLedger.Key key) {
    return Optional.ofNullable(waiting.get(key));
  }

  /** Returns those that wait longest, {@code most} of them. */
  synchronized List<Entry> first(int most) {
    List<Entry> first = new ArrayList<>(Math.min(most, waiting.size()));
    for (Map.Entry<OutcomeLedger.Key, News> entry : waiting.entrySet()) {
      if (first.size() == most) {
        break;
      }
      first.add(new Entry(entry.getKey(), entry.getValue()));
    }
    return first;
  }

  synchronized int size() {
    return waiting.size();
  }

  /** Returns how many were forgotten since the start, as there were too many. */
  synchronized long forgotten() {
    return forgotten;
  }
}
