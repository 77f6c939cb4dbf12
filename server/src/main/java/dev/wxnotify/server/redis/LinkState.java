package dev.wxnotify.server.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of Redis.
 *
 * <pre>
 *        a command fails or is late        the probe fails or is late
 *      UP ───────────────────▶ DOUBTED ──────────────────────────▶ DOWN
 *       ▲                         │                                 │
 *       ├──── the probe writes ◀──┘                                 │
 *       └──────────────────── a probe writes ◀──────────────────────┘
 * </pre>
 *
 * <p>One slow or refused command is no outage: the probe that follows it at once decides. An outage
 * that begins soon after the end of the last one makes this one last longer, up to {@link
 * #LONGEST_HOLD}, so that a Redis that is neither well nor gone does not have everybody come and
 * go, nor flood the log.
 *
 * <p>Concurrency: changes are made under {@link #lock}; readers take one volatile field. Whoever
 * makes a change starts what follows from it, outside of the lock.
 */
final class LinkState {
  /** An outage that begins within this time after the last one is of the same illness. */
  static final Duration STEADY = Duration.ofSeconds(10);

  static final Duration FIRST_HOLD = Duration.ofSeconds(1);
  static final Duration LONGEST_HOLD = Duration.ofSeconds(16);

  /** How often the same kind of thing is said at most, beyond the changes. */
  static final Duration SAY_AGAIN = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(LinkState.class);

  enum Kind {
    UP,
    DOUBTED,
    DOWN
  }

  /** What is known at one moment. Told apart by identity. */
  static final class Known {
    private final Kind kind;
    private final String why;
    private final CompletableFuture<Boolean> verdict;

    private Known(Kind kind, String why, CompletableFuture<Boolean> verdict) {
      this.kind = kind;
      this.why = why;
      this.verdict = verdict;
    }

    private Known(Kind kind, String why, boolean answers) {
      this(kind, why, CompletableFuture.completedFuture(answers));
    }

    Kind kind() {
      return kind;
    }

    /** Returns why it is not up; empty if it is. */
    String why() {
      return why;
    }

    /** Completes with whether Redis answers after all: at once, but for a doubt. */
    CompletableFuture<Boolean> verdict() {
      return verdict;
    }
  }

  private final LongSupplier nanoClock;
  private final Object lock = new Object();
  private volatile Known known = new Known(Kind.DOWN, "not connected yet", false);

  @GuardedBy("lock")
  private long upSince;

  @GuardedBy("lock")
  private Duration hold = Duration.ZERO;

  @GuardedBy("lock")
  private long heldUntil;

  @GuardedBy("lock")
  private long nextSaying;

  @GuardedBy("lock")
  private String said = "";

  /** Nothing is known yet, which counts as down. */
  LinkState(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.heldUntil = nanoClock.getAsLong();
    this.nextSaying = heldUntil;
  }

  Known now() {
    return known;
  }

  /**
   * A command failed that was started when {@code seen} was known. Returns whether the caller is
   * the one to probe.
   */
  boolean doubt(Known seen, String why) {
    synchronized (lock) {
      if (known != seen || seen.kind != Kind.UP) {
        return false;
      }
      known = new Known(Kind.DOUBTED, why, new CompletableFuture<>());
      return true;
    }
  }

  /** What a probe that was answered means. */
  enum Meaning {
    /** There is no outage. */
    WELL,
    /** The outage has ended. */
    HEALED,
    /** The outage lasts: the last one ended too short a time ago. */
    HELD
  }

  /** A probe was answered. */
  Meaning answered() {
    Known before;
    boolean say;
    synchronized (lock) {
      before = known;
      long now = nanoClock.getAsLong();
      if (before.kind == Kind.UP) {
        return Meaning.WELL;
      }
      if (before.kind == Kind.DOWN && now - heldUntil < 0) {
        return Meaning.HELD;
      }
      say = before.kind == Kind.DOWN || maySay(now);
      if (before.kind == Kind.DOWN) {
        upSince = now;
      }
      known = new Known(Kind.UP, "", true);
    }
    before.verdict.complete(true);
    if (before.kind == Kind.DOWN) {
      log.info("redis: up");
      return Meaning.HEALED;
    }
    if (say) {
      log.info("redis: a command failed, but Redis answers: {}", before.why);
    }
    return Meaning.WELL;
  }

  /** A probe, or an attempt to connect, failed. */
  void failed(String why) {
    fail(null, why);
  }

  /** The probe of a doubt is late, and nobody waits for it any longer. */
  void giveUp(Known doubted) {
    fail(doubted, doubted.why);
  }

  /**
   * Redis is down.
   *
   * @param only what must still be known, and be a doubt; null for anything
   */
  private void fail(@Nullable Known only, String why) {
    Known before;
    boolean say;
    synchronized (lock) {
      before = known;
      if (only != null && (before != only || before.kind != Kind.DOUBTED)) {
        return;
      }
      long now = nanoClock.getAsLong();
      say = before.kind != Kind.DOWN || (!said.equals(why) && maySay(now));
      if (say) {
        said = why;
      }
      if (before.kind != Kind.DOWN) {
        hold = now - upSince < STEADY.toNanos() ? longer(hold) : Duration.ZERO;
        heldUntil = now + hold.toNanos();
        nextSaying = now + SAY_AGAIN.toNanos();
      }
      known = new Known(Kind.DOWN, why, false);
    }
    before.verdict.complete(false);
    if (say) {
      log.warn("redis: down: {}; continuing without it", why);
    }
  }

  private static Duration longer(Duration hold) {
    if (hold.isZero()) {
      return FIRST_HOLD;
    }
    Duration twice = hold.multipliedBy(2);
    return twice.compareTo(LONGEST_HOLD) < 0 ? twice : LONGEST_HOLD;
  }

  @GuardedBy("lock")
  private boolean maySay(long now) {
    if (now - nextSaying < 0) {
      return false;
    }
    nextSaying = now + SAY_AGAIN.toNanos();
    return true;
  }
}
