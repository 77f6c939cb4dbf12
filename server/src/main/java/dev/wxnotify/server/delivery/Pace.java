package dev.wxnotify.server.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.OptionalDouble;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How fast the batches of one app go. There is no limit until WeChat refuses messages because it is
 * busy (-1) or because they come too fast (45011); from then on the pace follows what WeChat takes.
 *
 * <pre>
 *   messages/s
 *     │ no limit                                              ┌ no limit
 *     │──────────┐                                           /
 *     │          │                                          /
 *     │  taken · │ · · · · · · · · _____------‾‾‾‾‾------__/   probes for more
 *     │          │           _--‾‾
 *     │          └ 0.7 × taken
 *     └──────────┴────────────────────────────────────────────▶ time since the last cut
 *            refused
 * </pre>
 *
 * <p>It is the CUBIC function of RFC 9438 (section 4.2, with its constants), a pure function of the
 * clock, for messages per second instead of a congestion window: AWS's SDKs pace their requests so
 * in their adaptive retry mode. Two things differ, since here a loss is an answer: a cut starts
 * from the number of messages that WeChat took in the last second, which is what it can do; and a
 * few refusals in a second, or up to one in {@value #TOLERATED_PART} messages, are no reason for a
 * cut, since such a message is tried again. At most one cut is made in a second, and what was
 * written before it is not held against the pace after it (the congestion event of RFC 9438). A
 * pace that was not cut for about 40 seconds is none any more, whether it was made use of or not.
 *
 * <p>Single calls do not wait, but count: batches get what these leave. A turn that comes to
 * nothing costs nothing: the next one has it.
 *
 * <p>Concurrency: without a limit, an entry is one volatile read. With one, whoever waits does so
 * in a queue under {@link #lock}; turns are used outside of it, by one thread at a time, in the
 * order of entry. That thread sets the alarm when the next turn is not due yet, and ends; the
 * alarm, or a turn that was given back, begins again. Every change of the limit is under the lock.
 *
 * <pre>
 *   enter, alarm, giveBack ─▶ givingTurns? ── yes ──▶ (that thread looks again)
 *                                  │ no
 *                                  ▼
 *                        next is due? ── yes ──▶ spent, used ── false ──▶ not spent
 *                                  │ no                 └─────── looks again ◀┘
 *                                  ▼
 *                             alarm is set
 * </pre>
 *
 * <p>It is long because the curve, the queue and the alarm share one lock.
 */
public final class Pace implements Gate, Turn.Queue {
  /** RFC 9438, section 4.6. */
  private static final double BETA = 0.7;

  /** RFC 9438, section 5. */
  private static final double C = 0.4;

  /** One in this many messages may be refused. */
  static final int TOLERATED_PART = 20;

  /** Fewer refusals than this in a second are of single messages and no matter of the pace. */
  static final int FEWEST_REFUSED = 5;

  /** The slowest pace, at which WeChat is asked whether it is better, in messages per second. */
  static final double SLOWEST = 1;

  /** A pace beyond this is none: more than one server sends, in messages per second. */
  static final double NO_LIMIT = 20_000;

  private static final double NANOS = 1e9;
  private static final long CUT_INTERVAL_NANOS = 1_000_000_000;

  /** What was missed for as long as this, since a timer was late, may be made up for. */
  private static final long CATCH_UP_NANOS = 10_000_000;

  /** The shortest sleep, so that a fast pace wakes up once for several messages. */
  private static final long NAP_NANOS = 1_000_000;

  /** The longest time that single calls keep batches waiting. */
  private static final long SINGLES_AHEAD_NANOS = 1_000_000_000;

  private static final Logger log = LoggerFactory.getLogger(Pace.class);

  private final String appId;
  private final LongSupplier nanoClock;
  private final ScheduledExecutorService timer;
  private final RecentCount taken;

  private final Object lock = new Object();
  private volatile @Nullable Limit limit;

  @GuardedBy("lock")
  private RecentCount refused;

  @GuardedBy("lock")
  private @Nullable Limit lastCut;

  @GuardedBy("lock")
  private final WaitingLine waiting = new WaitingLine();

  @GuardedBy("lock")
  private long nextTurnNanos;

  @GuardedBy("lock")
  private boolean givingTurns;

  /** Wakes up for the next turn; null while nobody waits for one that is not due. */
  @GuardedBy("lock")
  private @Nullable Future<?> alarm;

  /** Tells an alarm that was turned off too late from the one that is set. */
  @GuardedBy("lock")
  private int alarms;

  /**
   * A pace that began with a cut.
   *
   * @param taken what WeChat took in the second before it
   */
  private record Limit(double taken, long sinceNanos) {
    double perSecond(long nowNanos) {
      double seconds = (nowNanos - sinceNanos) / NANOS;
      double plateauAt = Math.cbrt(taken * (1 - BETA) / C);
      return Math.max(SLOWEST, C * Math.pow(seconds - plateauAt, 3) + taken);
    }
  }

  /**
   * Creates a pace without a limit.
   *
   * @param appId for the log
   * @param nanoClock as {@link System#nanoTime}
   * @param timer runs turns that are due later; it must not run tasks on the thread that schedules
   *     them
   */
  public Pace(String appId, LongSupplier nanoClock, ScheduledExecutorService timer) {
    this.appId = appId;
    this.nanoClock = nanoClock;
    this.timer = timer;
    this.taken = new RecentCount(nanoClock.getAsLong());
    this.refused = new RecentCount(nanoClock.getAsLong());
  }

  /** Returns how many messages per second the batches of the app may send; empty for no limit. */
  public OptionalDouble perSecond() {
    Limit now = limit;
    if (now == null) {
      return OptionalDouble.empty();
    }
    double perSecond = now.perSecond(nanoClock.getAsLong());
    return perSecond < NO_LIMIT ? OptionalDouble.of(perSecond) : OptionalDouble.empty();
  }

  /** Returns how many wait for their turn: at most one for each batch. */
  public int waiting() {
    synchronized (lock) {
      return waiting.size();
    }
  }

  /**
   * Has {@code turn} used when an item of a batch may be sent.
   *
   * @throws RejectedExecutionException if the timer takes no tasks any more; the turn is withdrawn
   *     then
   */
  @Override
  public void enter(Turn turn) {
    if (limit == null) {
      if (turn.come()) {
        var ignored = turn.run();
      }
      return;
    }
    turn.waitsIn(this);
    synchronized (lock) {
      waiting.add(turn);
    }
    try {
      giveTurns();
    } catch (Throwable fault) {
      turn.withdraw();
      throw fault;
    }
  }

  @Override
  public void left(Turn turn) {
    synchronized (lock) {
      waiting.remove(turn);
    }
  }

  @Override
  public void giveBack(int weight) {
    synchronized (lock) {
      double perSecond = perSecondAt(nanoClock.getAsLong());
      if (perSecond >= NO_LIMIT) {
        return;
      }
      nextTurnNanos -= (long) (NANOS / perSecond);
      turnOffAlarm();
    }
    giveTurnsIfPossible();
  }

  /** Counts a single call, which does not wait. */
  void countSingle() {
    if (limit == null) {
      return;
    }
    synchronized (lock) {
      long now = nanoClock.getAsLong();
      double perSecond = perSecondAt(now);
      if (perSecond < NO_LIMIT) {
        spend(perSecond, now);
        if (nextTurnNanos - now > SINGLES_AHEAD_NANOS) {
          nextTurnNanos = now + SINGLES_AHEAD_NANOS;
        }
      }
    }
  }

  /** Hears that WeChat dealt with a message, whatever it said of it. */
  void taken(long nowNanos) {
    taken.add(nowNanos);
  }

  /**
   * Hears that WeChat refused a message because it is busy or messages come too fast.
   *
   * @param writtenNanos when the message was on its way to WeChat at the earliest
   */
  void refused(long writtenNanos) {
    synchronized (lock) {
      long now = nanoClock.getAsLong();
      refused.add(now);
      if (lastCut != null
          && (writtenNanos - lastCut.sinceNanos < 0
              || now - lastCut.sinceNanos < CUT_INTERVAL_NANOS)) {
        return;
      }
      long no = refused.at(now);
      long yes = taken.at(now);
      if (no >= FEWEST_REFUSED && no * TOLERATED_PART > no + yes) {
        cut(yes, now);
      }
    }
  }

  /** Lifts the limit, and lets everybody in: nothing is sent now that could be refused. */
  void forget() {
    synchronized (lock) {
      limit = null;
      turnOffAlarm();
    }
    giveTurnsIfPossible();
  }

  @GuardedBy("lock")
  private void cut(long takenInASecond, long now) {
    Limit before = limit;
    double most = before == null ? NO_LIMIT : before.perSecond(now);
    Limit next = new Limit(Math.max(SLOWEST, Math.min((double) takenInASecond, most)), now);
    if (before == null) {
      nextTurnNanos = now;
      log.info(
          "app {}: WeChat throttles, and accepted {} in the last second; batches start at {}/s",
          appId,
          takenInASecond,
          Math.round(next.perSecond(now)));
    } else {
      log.debug("app {}: batches slow down to {}/s", appId, Math.round(next.perSecond(now)));
    }
    limit = next;
    lastCut = next;
    refused = new RecentCount(now);
  }

  private void giveTurns() {
    synchronized (lock) {
      if (givingTurns || alarm != null) {
        return; // Whoever gives turns, or wakes up, looks again.
      }
      givingTurns = true;
    }
    Turn turn = takeNext();
    while (turn != null) {
      if (!turn.run()) {
        giveBack(turn.weight());
      }
      turn = takeNext();
    }
  }

  /** Returns whose turn it is; null, which ends the giving of turns, if it is nobody's now. */
  private @Nullable Turn takeNext() {
    synchronized (lock) {
      Turn next = null;
      try {
        while (next == null && !waiting.isEmpty()) {
          long now = nanoClock.getAsLong();
          long pause = untilNextTurn(now);
          if (pause > 0) {
            int number = ++alarms;
            alarm = timer.schedule(() -> wakeUp(number), pause, TimeUnit.NANOSECONDS);
            return null;
          }
          next = waiting.takeFirst();
          if (next != null) {
            spend(perSecondAt(now), now);
          }
        }
        return next;
      } finally {
        givingTurns = next != null;
      }
    }
  }

  private void wakeUp(int number) {
    synchronized (lock) {
      if (number != alarms) {
        return;
      }
      alarm = null;
    }
    giveTurnsIfPossible();
  }

  /** Where the timer takes no tasks, the work that waits goes on with what enters next. */
  private void giveTurnsIfPossible() {
    try {
      giveTurns();
    } catch (RejectedExecutionException e) {
      log.debug("app {}: the timer rejects tasks", appId, e);
    }
  }

  @GuardedBy("lock")
  private void turnOffAlarm() {
    if (alarm != null) {
      alarm.cancel(false);
      alarm = null;
      alarms++;
    }
  }

  /** Returns how long it is until the next turn; 0 if it may be now. */
  @GuardedBy("lock")
  private long untilNextTurn(long now) {
    if (perSecondAt(now) >= NO_LIMIT) {
      return 0;
    }
    long early = nextTurnNanos - now;
    return early > 0 ? Math.max(early, NAP_NANOS) : 0;
  }

  @GuardedBy("lock")
  private void spend(double perSecond, long now) {
    if (perSecond >= NO_LIMIT) {
      return;
    }
    long late = Math.min(now - nextTurnNanos, CATCH_UP_NANOS);
    nextTurnNanos = now - late + (long) (NANOS / perSecond);
  }

  @GuardedBy("lock")
  private double perSecondAt(long now) {
    Limit current = limit;
    if (current == null) {
      return NO_LIMIT;
    }
    double perSecond = current.perSecond(now);
    if (perSecond >= NO_LIMIT) {
      limit = null;
      log.info("app {}: batches are no longer limited", appId);
    }
    return perSecond;
  }
}
