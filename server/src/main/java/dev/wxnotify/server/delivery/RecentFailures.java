package dev.wxnotify.server.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the messages of the last hour that were not accepted, by app and reason. Its memory is
 * bounded: a ring of minutes for each reason of each app.
 *
 * <p>Concurrency: each count is changed under its own lock, for a few instructions.
 */
public final class RecentFailures implements DeliveryListener {
  /** The period that is counted. */
  public static final Duration WINDOW = Duration.ofHours(1);

  private static final int MINUTES = (int) WINDOW.toMinutes();
  private static final long MINUTE_SECONDS = 60;

  private final InstantSource clock;
  private final Map<Key, Ring> rings = new ConcurrentHashMap<>();

  private record Key(String appId, Enum<?> reason) {}

  /**
   * How often messages failed for one reason.
   *
   * @param appId empty for requests that belong to no app
   * @param last the last outcome; all of them have its reason
   * @param error WeChat's last answer; null where there was none
   */
  public record Count(
      String appId, SendOutcome last, @Nullable WeChatError error, long count, Instant lastAt) {}

  /** Counts by {@code clock}. */
  public RecentFailures(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public void messageEnded(Order order, Reply end, Reply told, int attempts) {
    if (!told.replayed() && !(told.outcome() instanceof SendOutcome.Accepted)) {
      count(order.app().appId(), told.outcome());
    }
  }

  /** Returns all counts that are not zero, in no order. */
  public List<Count> counts() {
    Instant now = clock.instant();
    List<Count> counts = new ArrayList<>();
    rings.forEach(
        (key, ring) -> {
          Count count = ring.count(key.appId, minute(now));
          if (count.count > 0) {
            counts.add(count);
          }
        });
    return counts;
  }

  /** Forgets the failures of an app that this server no longer has. */
  public void forget(String appId) {
    rings.keySet().removeIf(key -> key.appId.equals(appId));
  }

  private void count(String appId, SendOutcome outcome) {
    Instant now = clock.instant();
    rings
        .computeIfAbsent(new Key(appId, reason(outcome)), key -> new Ring(outcome, now))
        .add(outcome, now);
  }

  private static Enum<?> reason(SendOutcome outcome) {
    if (outcome instanceof SendOutcome.Rejected no) {
      return no.reason();
    }
    if (outcome instanceof SendOutcome.NotSent no) {
      return no.reason();
    }
    return Unknown.Reason.NO_ANSWER; // Both doubts require the same from a caller.
  }

  private static @Nullable WeChatError error(SendOutcome outcome) {
    if (outcome instanceof SendOutcome.Rejected no) {
      return no.error();
    }
    return outcome instanceof SendOutcome.NotSent no ? no.error() : null;
  }

  private static long minute(Instant instant) {
    return Math.floorDiv(instant.getEpochSecond(), MINUTE_SECONDS);
  }

  private static final class Ring {
    @GuardedBy("this")
    private final long[] counts = new long[MINUTES];

    /** The minute that the element with the same index counts. */
    @GuardedBy("this")
    private final long[] minutes = new long[MINUTES];

    @GuardedBy("this")
    private SendOutcome last;

    @GuardedBy("this")
    private Instant lastAt;

    Ring(SendOutcome first, Instant at) {
      this.last = first;
      this.lastAt = at;
    }

    synchronized void add(SendOutcome outcome, Instant at) {
      long minute = minute(at);
      int place = (int) Math.floorMod(minute, (long) MINUTES);
      if (minutes[place] != minute) {
        minutes[place] = minute;
        counts[place] = 0;
      }
      counts[place]++;
      last = outcome;
      lastAt = at;
    }

    synchronized Count count(String appId, long now) {
      long sum = 0;
      for (int i = 0; i < MINUTES; i++) {
        if (now - minutes[i] < MINUTES) {
          sum += counts[i];
        }
      }
      return new Count(appId, last, error(last), sum, lastAt);
    }
  }
}
