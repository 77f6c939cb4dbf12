package dev.wxnotify.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.delivery.Gate;
import dev.wxnotify.server.delivery.Turn;
import dev.wxnotify.server.delivery.WaitingLine;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many messages one caller may begin per second: on average, and after a pause as many at once
 * as a second brings. Single calls that come too early are refused; items of batches wait, first
 * come, first served.
 *
 * <p>Neither starves the other. Items leave a quarter of a second's worth of credit to single
 * calls, so that one that comes finds some; and while items wait, after {@value #SINGLES_IN_A_ROW}
 * single calls the next message is an item. So where both want all that there is, items have a
 * quarter of it. An item that comes to nothing costs nothing.
 *
 * <pre>
 *   credit                                      0 ───── cost ───── cost + reserve ───── most
 *   single call                                 refused  │ let in
 *   single call while an item is due            refused         │ let in from 2 × cost
 *   item                                        waits                │ let in
 *   item that is due (after single calls)       waits    │ let in
 * </pre>
 *
 * <p>Concurrency: all state changes under {@link #lock}; turns are used outside of it, by one
 * thread at a time: that of whoever enters or gives a turn back, or the timer's when credit has
 * grown, for which an alarm is set.
 */
final class RateLimit implements Gate, Turn.Queue {
  private static final Logger log = LoggerFactory.getLogger(RateLimit.class);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long RESERVE = SECOND / 4;

  /** After so many single calls an item that waits is due. */
  static final int SINGLES_IN_A_ROW = 3;

  private final int perSecond;
  private final long cost;

  /** The most credit: a second's worth, or what the slowest limits need beside their reserve. */
  private final long most;

  private final LongSupplier nanoClock;
  private final ScheduledExecutorService timer;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final WaitingLine waiting = new WaitingLine();

  /** The time that was not used; a message costs its part of a second. */
  @GuardedBy("lock")
  private long credit;

  @GuardedBy("lock")
  private long countedAt;

  /** Single calls that were let in while items wait, since the last item. */
  @GuardedBy("lock")
  private int singles;

  @GuardedBy("lock")
  private boolean givingTurns;

  /** Wakes up for the next item; null while none waits. */
  @GuardedBy("lock")
  private @Nullable Future<?> alarm;

  /** Tells an alarm that was turned off too late from the one that is set. */
  @GuardedBy("lock")
  private int alarms;

  /**
   * Creates a limit with all its credit.
   *
   * @param perSecond at least 1
   * @param nanoClock as {@link System#nanoTime}
   * @param timer runs what waits
   */
  RateLimit(int perSecond, LongSupplier nanoClock, ScheduledExecutorService timer) {
    if (perSecond < 1) {
      throw new IllegalArgumentException("perSecond: " + perSecond + " (expected: >= 1)");
    }
    this.perSecond = perSecond;
    this.cost = Math.max(1, SECOND / perSecond);
    this.most = Math.max(SECOND, cost + RESERVE);
    this.nanoClock = nanoClock;
    this.timer = timer;
    this.credit = most;
    this.countedAt = nanoClock.getAsLong();
  }

  /** Returns how many messages may begin per second. */
  int perSecond() {
    return perSecond;
  }

  /** Lets a single call in and returns zero, or returns how long it is until one may come in. */
  Duration tryAcquire() {
    synchronized (lock) {
      boolean itemIsDue = isItemDue();
      long missing = missing(itemIsDue ? 2 * cost : cost);
      if (missing > 0) {
        return Duration.ofNanos(missing);
      }
      credit -= cost;
      if (waiting.isEmpty()) {
        return Duration.ZERO;
      }
      singles++;
      if (itemIsDue || !isItemDue()) {
        return Duration.ZERO;
      }
      turnOffAlarm(); // An item has become due, which is earlier than it was.
    }
    giveTurnsIfPossible();
    return Duration.ZERO;
  }

  /**
   * Has {@code turn} used as soon as an item of a batch may begin.
   *
   * @throws RejectedExecutionException if the timer takes no tasks any more; the turn is withdrawn
   *     then
   */
  @Override
  public void enter(Turn turn) {
    turn.waitsIn(this);
    synchronized (lock) {
      if (waiting.isEmpty()) {
        singles = 0;
      }
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
      credit = Math.min(most, credit + cost);
      turnOffAlarm();
    }
    giveTurnsIfPossible();
  }

  /** Returns how many items wait. */
  int waiting() {
    synchronized (lock) {
      return waiting.size();
    }
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
          long missing = missing(isItemDue() ? cost : cost + RESERVE);
          if (missing > 0) {
            int number = ++alarms;
            alarm = timer.schedule(() -> wakeUp(number), missing, TimeUnit.NANOSECONDS);
            return null;
          }
          next = waiting.takeFirst();
          if (next != null) {
            credit -= cost;
            singles = 0;
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
      log.debug("the timer rejects tasks", e);
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

  @GuardedBy("lock")
  private boolean isItemDue() {
    return singles >= SINGLES_IN_A_ROW && !waiting.isEmpty();
  }

  /** Returns the nanoseconds until there is as much credit as {@code needed}; not above 0: now. */
  @GuardedBy("lock")
  private long missing(long needed) {
    long now = nanoClock.getAsLong();
    credit = Math.min(most, credit + (now - countedAt));
    countedAt = now;
    return needed - credit;
  }
}
