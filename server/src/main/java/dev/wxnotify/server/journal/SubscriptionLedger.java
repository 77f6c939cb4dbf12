package dev.wxnotify.server.journal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.delivery.SubscriptionCheck;
import dev.wxnotify.server.journal.SubscriptionTimes.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which subscriptions are closed, in memory, for sends that ask.
 *
 * <p>It never takes a subscription for closed that a known fact reopened. So a fact that closes
 * counts only while every fact that may have reopened is remembered: those are kept too, in the
 * order of arrival, and once one has to leave, only what closed later than that one counts. To lose
 * what is closed is harmless: WeChat decides then.
 *
 * <p>What other processes learn comes from the store that they share, once a second. One that has
 * not been read for {@link #TRUST} may hold an acceptance that is not known here; until it is read
 * again, nothing counts as closed.
 *
 * <p>Concurrency: one lock, held for less than a microsecond, except while a store is read in.
 */
final class SubscriptionLedger implements SubscriptionCheck {
  /** The most closed subscriptions; some 300 bytes each. */
  static final int CLOSED = 100_000;

  /** The most subscriptions that are remembered since they are open. */
  static final int OPEN = 20_000;

  /** How long what a shared store said counts. */
  static final Duration TRUST = Duration.ofSeconds(5);

  private final boolean isShared;
  private final LongSupplier nanoClock;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Map<SubscriptionKey, SubscriptionTimes> closed = new LinkedHashMap<>();

  @GuardedBy("lock")
  private final Map<SubscriptionKey, SubscriptionTimes> open = new LinkedHashMap<>();

  /** The latest second of what reopened a subscription and was forgotten. */
  @GuardedBy("lock")
  private long forgottenSecond = Long.MIN_VALUE;

  @GuardedBy("lock")
  private @Nullable Long readNanos;

  /**
   * An empty ledger.
   *
   * @param isShared whether other processes know more; then nothing counts before a store is read
   */
  SubscriptionLedger(boolean isShared, LongSupplier nanoClock) {
    this.isShared = isShared;
    this.nanoClock = nanoClock;
  }

  @Override
  public boolean isKnownToBeClosed(String appId, String openId, String templateId) {
    SubscriptionKey key = new SubscriptionKey(appId, openId, templateId);
    synchronized (lock) {
      return closed.containsKey(key) && isTrusted();
    }
  }

  @GuardedBy("lock")
  private boolean isTrusted() {
    return !isShared || (readNanos != null && nanoClock.getAsLong() - readNanos < TRUST.toNanos());
  }

  /** Takes a fact of this process. */
  void learn(SubscriptionFact fact) {
    synchronized (lock) {
      put(fact.key(), known(fact.key()).with(fact));
    }
  }

  /**
   * Takes what the store holds.
   *
   * @param stored the subscriptions that were ever closed and have changed, latest change first
   * @param isAll false where there are more that changed; those are forgotten here, since they may
   *     have been reopened
   * @param beganNanos when the store was asked
   */
  void learn(Map<SubscriptionKey, SubscriptionTimes> stored, boolean isAll, long beganNanos) {
    List<Map.Entry<SubscriptionKey, SubscriptionTimes>> latestFirst =
        new ArrayList<>(stored.entrySet());
    synchronized (lock) {
      if (!isAll) {
        closed.keySet().retainAll(stored.keySet());
      }
      for (int i = latestFirst.size() - 1; i >= 0; i--) {
        SubscriptionKey key = latestFirst.get(i).getKey();
        put(key, known(key).merged(latestFirst.get(i).getValue()));
      }
      readNanos = beganNanos;
    }
  }

  @GuardedBy("lock")
  private SubscriptionTimes known(SubscriptionKey key) {
    SubscriptionTimes times = closed.get(key);
    return times == null ? open.getOrDefault(key, SubscriptionTimes.NONE) : times;
  }

  @GuardedBy("lock")
  private void put(SubscriptionKey key, SubscriptionTimes times) {
    boolean wasClosed = closed.remove(key) != null;
    open.remove(key);
    if (times.state() == State.REJECTED || times.state() == State.USED_UP) {
      if (wasClosed || second(times.closedAt().orElseThrow()) > forgottenSecond) {
        closed.put(key, times);
        if (closed.size() > CLOSED) {
          forgetFirst(closed);
        }
      }
    } else {
      open.put(key, times);
      if (open.size() > OPEN) {
        SubscriptionTimes forgotten = forgetFirst(open);
        forgottenSecond = Math.max(forgottenSecond, openSecond(forgotten));
      }
    }
  }

  private static SubscriptionTimes forgetFirst(Map<SubscriptionKey, SubscriptionTimes> from) {
    var first = from.entrySet().iterator();
    SubscriptionTimes times = first.next().getValue();
    first.remove();
    return times;
  }

  private static long openSecond(SubscriptionTimes times) {
    Instant accepted = times.accepted();
    Instant sent = times.sent();
    return Math.max(
        accepted == null ? Long.MIN_VALUE : second(accepted),
        sent == null ? Long.MIN_VALUE : second(sent));
  }

  private static long second(Instant time) {
    return time.getEpochSecond();
  }
}
