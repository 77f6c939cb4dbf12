package dev.wxnotify.server.token;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.token.IssueResult.Failure;
import dev.wxnotify.server.token.IssueResult.Issued;
import dev.wxnotify.server.token.IssueResult.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * WeChat's token endpoints, as far as the cache can see. The stable one returns the current token,
 * with its remaining time in whole seconds, until its last moments ({@code overlap}); then, or when
 * forced, it issues a new one. The classic one always issues a new one. A replaced token stays
 * valid for {@code overlap}. Thread-safe.
 */
final class FakeTokenIssuer implements TokenIssuer {
  private static final Duration FORCED_APART = Duration.ofSeconds(30);
  private static final int FORCED_PER_DAY = 20;
  private static final String PREFIX = "top-secret-token-";

  /**
   * One request.
   *
   * @param mode the mode of the request
   * @param at when it arrived
   */
  record Call(Mode mode, Instant at) {}

  private record Made(int serial, Instant until) {}

  private final InstantSource clock;
  private final Duration life;
  private final Duration overlap;
  private final boolean stable;
  private final Executor network;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final List<Call> calls = new ArrayList<>();

  @GuardedBy("lock")
  private final Deque<IssueResult> script = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Deque<Runnable> held = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Deque<Instant> forced = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Set<String> revoked = new HashSet<>();

  @GuardedBy("lock")
  private @Nullable Failure failure;

  @GuardedBy("lock")
  private @Nullable Made current;

  @GuardedBy("lock")
  private @Nullable Made previous;

  @GuardedBy("lock")
  private boolean holding;

  @GuardedBy("lock")
  private int serials;

  @GuardedBy("lock")
  private int inFlight;

  @GuardedBy("lock")
  private int mostAtOnce;

  private FakeTokenIssuer(
      InstantSource clock, Duration life, Duration overlap, boolean stable, Executor network) {
    this.clock = clock;
    this.life = life;
    this.overlap = overlap;
    this.stable = stable;
    this.network = network;
  }

  static FakeTokenIssuer stable(InstantSource clock, Duration life, Duration overlap) {
    return new FakeTokenIssuer(clock, life, overlap, true, Runnable::run);
  }

  static FakeTokenIssuer classic(InstantSource clock, Duration life, Duration overlap) {
    return new FakeTokenIssuer(clock, life, overlap, false, Runnable::run);
  }

  /** Returns a new endpoint whose answers arrive on {@code threads}. */
  FakeTokenIssuer answeringOn(Executor threads) {
    return new FakeTokenIssuer(clock, life, overlap, stable, threads);
  }

  @Override
  public CompletionStage<IssueResult> issue(Mode mode) {
    CompletableFuture<IssueResult> answer = new CompletableFuture<>();
    Runnable arrive;
    synchronized (lock) {
      calls.add(new Call(mode, clock.instant()));
      inFlight++;
      mostAtOnce = Math.max(mostAtOnce, inFlight);
      IssueResult result = answerTo(mode);
      arrive =
          () -> {
            synchronized (lock) {
              inFlight--;
            }
            answer.complete(result);
          };
      if (holding) {
        held.add(arrive);
        return answer;
      }
    }
    network.execute(arrive);
    return answer;
  }

  @GuardedBy("lock")
  private IssueResult answerTo(Mode mode) {
    IssueResult scripted = script.poll();
    if (scripted != null) {
      return scripted;
    }
    if (failure != null) {
      return failure;
    }
    Instant now = clock.instant();
    Made living = current;
    boolean mayReturnLiving =
        stable && living != null && Duration.between(now, living.until).compareTo(overlap) > 0;
    if (!mayReturnLiving || living == null) {
      return make(now);
    }
    if (mode == Mode.FORCED) {
      while (!forced.isEmpty() && !forced.getFirst().plus(Duration.ofDays(1)).isAfter(now)) {
        forced.removeFirst();
      }
      if (forced.size() == FORCED_PER_DAY) {
        return new Refused(Refused.Kind.BUSY, 45009, "reach max api daily quota limit", "");
      }
      if (forced.isEmpty() || !forced.getLast().plus(FORCED_APART).isAfter(now)) {
        forced.addLast(now);
        return make(now);
      }
    }
    return new Issued(
        PREFIX + living.serial,
        Duration.ofSeconds(Duration.between(now, living.until).toSeconds()));
  }

  @GuardedBy("lock")
  private Issued make(Instant now) {
    if (current != null) {
      Instant overlapEnd = now.plus(overlap);
      previous =
          new Made(current.serial, current.until.isBefore(overlapEnd) ? current.until : overlapEnd);
    }
    serials++;
    current = new Made(serials, now.plus(life));
    return new Issued(PREFIX + serials, life);
  }

  /** Answers every request with {@code failure} from now on. */
  void failWith(Failure failure) {
    synchronized (lock) {
      this.failure = failure;
    }
  }

  /** Recovers. */
  void recover() {
    synchronized (lock) {
      failure = null;
    }
  }

  /** Answers the next request, after those already scripted, with {@code result}. */
  void answerOnceWith(IssueResult result) {
    synchronized (lock) {
      script.add(result);
    }
  }

  /** Holds back answers until {@link #release}. */
  void hold() {
    synchronized (lock) {
      holding = true;
    }
  }

  /** Releases the held answers, in order, and holds back no more. */
  void release() {
    List<Runnable> arrivals;
    synchronized (lock) {
      holding = false;
      arrivals = List.copyOf(held);
      held.clear();
    }
    arrivals.forEach(network::execute);
  }

  /** Rejects {@code token} from now on, although the stable endpoint still returns it. */
  void revoke(AccessToken token) {
    synchronized (lock) {
      revoked.add(token.value());
    }
  }

  /** Returns whether a send with {@code token} would be accepted. */
  boolean accepts(AccessToken token) {
    synchronized (lock) {
      return !revoked.contains(token.value())
          && (isAlive(current, token) || isAlive(previous, token));
    }
  }

  private boolean isAlive(@Nullable Made made, AccessToken token) {
    return made != null && made.serial == serialOf(token) && clock.instant().isBefore(made.until);
  }

  /** Returns the serial number of a token of this endpoint, from 1. */
  static int serialOf(AccessToken token) {
    return Integer.parseInt(token.value().substring(PREFIX.length()));
  }

  /** Returns the value of the token with the number {@code serial}. */
  static String valueOf(int serial) {
    return PREFIX + serial;
  }

  List<Call> calls() {
    synchronized (lock) {
      return List.copyOf(calls);
    }
  }

  long calls(Mode mode) {
    return calls().stream().filter(call -> call.mode == mode).count();
  }

  /** Returns how many tokens were issued. */
  int made() {
    synchronized (lock) {
      return serials;
    }
  }

  /** Returns the maximum number of simultaneous requests. */
  int mostAtOnce() {
    synchronized (lock) {
      return mostAtOnce;
    }
  }
}
