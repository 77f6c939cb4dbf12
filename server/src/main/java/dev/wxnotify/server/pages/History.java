package dev.wxnotify.server.pages;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.pages.HistoryState.Sample;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What became of the messages of each app within the last hour: a ring of samples of what the
 * metrics count anyway. It begins with the process, and knows nothing of other replicas.
 *
 * <p>Concurrency: all under one lock; nothing that sends a message comes here.
 */
public final class History {
  /** How often to {@link #sample}. */
  public static final Duration STEP = Duration.ofSeconds(15);

  /** One hour. */
  static final int SAMPLES = 240;

  /** What is shorter says nothing of a rate. */
  private static final Duration LEAST = Duration.ofSeconds(1);

  private static final int COUNTS = 4;

  private final Supplier<Map<String, Counts>> counters;
  private final InstantSource clock;
  private final Object lock = new Object();

  /** When each sample was taken; the sample {@code n} is at {@code n % SAMPLES}, from 1 on. */
  @GuardedBy("lock")
  private final Instant[] times = new Instant[SAMPLES + 1];

  @GuardedBy("lock")
  private int taken;

  @GuardedBy("lock")
  private final Map<String, Ring> rings = new HashMap<>();

  /** What became of an app's messages since the start of the process. */
  public record Counts(long accepted, long rejected, long notSent, long unknown) {
    /** No messages. */
    static final Counts NONE = new Counts(0, 0, 0, 0);
  }

  /** The differences between samples of one app. */
  private static final class Ring {
    private final int[] values = new int[(SAMPLES + 1) * COUNTS];
    private Counts last;

    Ring(Counts first) {
      this.last = first;
    }

    void put(int place, Counts now) {
      System.arraycopy(differences(last, now), 0, values, COUNTS * place, COUNTS);
      last = now;
    }

    static int[] differences(Counts before, Counts now) {
      return new int[] {
        difference(before.accepted, now.accepted),
        difference(before.rejected, now.rejected),
        difference(before.notSent, now.notSent),
        difference(before.unknown, now.unknown)
      };
    }

    /** An app that was away counts from 0 again. */
    private static int difference(long before, long now) {
      return (int) Math.min(Integer.MAX_VALUE, now >= before ? now - before : now);
    }
  }

  /**
   * Creates a history without samples.
   *
   * @param counters returns the counts of all apps, by AppID
   */
  public History(Supplier<Map<String, Counts>> counters, InstantSource clock) {
    this.counters = counters;
    this.clock = clock;
    this.times[0] = clock.instant();
  }

  /** Takes a sample. */
  public void sample() {
    Map<String, Counts> now = counters.get();
    synchronized (lock) {
      taken++;
      int place = taken % times.length;
      times[place] = clock.instant();
      rings.keySet().retainAll(now.keySet());
      now.forEach(
          (appId, counts) ->
              rings.computeIfAbsent(appId, id -> new Ring(Counts.NONE)).put(place, counts));
    }
  }

  /** Returns the sum of some apps, up to now: what came after the last sample is a shorter one. */
  HistoryState of(Collection<String> appIds) {
    Map<String, Counts> now = counters.get();
    Instant at = clock.instant();
    synchronized (lock) {
      List<Ring> summed =
          rings.entrySet().stream()
              .filter(each -> appIds.contains(each.getKey()))
              .map(Map.Entry::getValue)
              .toList();
      int first = Math.max(1, taken - SAMPLES + 1);
      List<Sample> samples = new ArrayList<>();
      for (int i = first; i <= taken; i++) {
        samples.add(sample(i % times.length, (i - 1) % times.length, summed));
      }
      Duration since = Duration.between(times[taken % times.length], at);
      if (since.compareTo(LEAST) >= 0) {
        samples.add(sinceLast(now, at, since, appIds));
      }
      return new HistoryState(times[(first - 1) % times.length], STEP, samples);
    }
  }

  @GuardedBy("lock")
  private Sample sinceLast(
      Map<String, Counts> now, Instant at, Duration since, Collection<String> appIds) {
    long[] sums = new long[COUNTS];
    now.forEach(
        (appId, counts) -> {
          if (appIds.contains(appId)) {
            Ring ring = rings.get(appId);
            int[] differences = Ring.differences(ring == null ? Counts.NONE : ring.last, counts);
            for (int i = 0; i < COUNTS; i++) {
              sums[i] += differences[i];
            }
          }
        });
    return new Sample(at, since, sums[0], sums[1], sums[2], sums[3]);
  }

  @GuardedBy("lock")
  private Sample sample(int place, int before, List<Ring> summed) {
    long[] sums = new long[COUNTS];
    for (Ring ring : summed) {
      for (int i = 0; i < COUNTS; i++) {
        sums[i] += ring.values[COUNTS * place + i];
      }
    }
    return new Sample(
        times[place],
        Duration.between(times[before], times[place]),
        sums[0],
        sums[1],
        sums[2],
        sums[3]);
  }
}
