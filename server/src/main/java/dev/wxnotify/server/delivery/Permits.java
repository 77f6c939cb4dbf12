package dev.wxnotify.server.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of permits for two classes of work. Single calls go first, and batches never
 * take more than their part, so that a campaign cannot delay a call whose caller waits. Within a
 * class it is first come, first served. A piece of work takes one permit, or several if it is
 * large; never more than its class may have.
 *
 * <pre>
 *   enter ─▶ room, and none waits? ─── yes ─▶ permits taken ─▶ use() ── true ──▶ … giveBack()
 *                     │ no                          ▲             │ false               │
 *                     ▼                             │             ▼                     ▼
 *              line of the class ────────────── next in line ◀── permits are free again
 *                     │ withdraw()                  ▲
 *                     └─ out of the line at once ───┘ (a large one may have blocked others)
 * </pre>
 *
 * <p>Concurrency: all state changes under {@link #lock}; turns are used outside it, on the thread
 * that gave the permit back.
 */
public final class Permits {

  private final Object lock = new Object();
  private final Side singles;
  private final Side batches;

  /** The threads that are in the loop of {@link #serve}. */
  @GuardedBy("lock")
  private final Set<Thread> serving = new HashSet<>();

  /** Guarded by the lock, like the use by each class of work. */
  private int used;

  /** Guarded in the same way. */
  private int limit;

  /**
   * Creates permits, none of them taken.
   *
   * @param limit the number of permits
   * @param reserved the number of permits that batches never take
   */
  public Permits(int limit, int reserved) {
    check(limit, reserved);
    this.limit = limit;
    this.singles = new Side(limit);
    this.batches = new Side(limit - reserved);
  }

  private static void check(int limit, int reserved) {
    if (reserved < 0 || reserved >= limit) {
      throw new IllegalArgumentException(
          "reserved: " + reserved + " (expected: 0 to " + (limit - 1) + ")");
    }
  }

  /**
   * Changes the number of permits. Those that are taken stay taken: with fewer permits than that,
   * none is given until enough have come back. Only for permits of work that weighs 1, since what a
   * large one takes depends on the limit.
   *
   * @param newLimit the number of permits
   * @param reserved the number of permits that batches never take
   */
  public void resize(int newLimit, int reserved) {
    check(newLimit, reserved);
    synchronized (lock) {
      limit = newLimit;
      singles.most = newLimit;
      batches.most = newLimit - reserved;
    }
    serve(singles, 0);
  }

  /**
   * The permits as one class of work sees them. The private fields are guarded by the lock; the
   * annotation cannot express that across two of these.
   */
  private final class Side implements Gate, Turn.Queue {
    /** The maximum number of permits that the class may have. */
    private int most;

    private final WaitingLine line = new WaitingLine();

    private int usedHere;

    Side(int most) {
      this.most = most;
    }

    @Override
    public void enter(Turn turn) {
      turn.waitsIn(this);
      synchronized (lock) {
        if (!isFree(turn.weight())) {
          line.add(turn);
          return;
        }
        if (!turn.come()) {
          return;
        }
        take(turn.weight());
      }
      if (!turn.run()) {
        giveBack(turn.weight());
      }
    }

    @Override
    public void giveBack(int weight) {
      serve(this, weight);
    }

    @Override
    public void left(Turn turn) {
      boolean waited;
      synchronized (lock) {
        waited = line.remove(turn);
      }
      if (waited) {
        serve(this, 0); // It may have been too large and have blocked others behind it.
      }
    }

    boolean tryAcquire(int weight) {
      synchronized (lock) {
        if (!isFree(weight)) {
          return false;
        }
        take(weight);
        return true;
      }
    }

    /** New work never overtakes work that waits in the same class. */
    private boolean isFree(int weight) {
      return line.isEmpty() && hasRoom(weight);
    }

    private boolean hasRoom(int weight) {
      int permits = permits(weight);
      return used + permits <= limit && usedHere + permits <= most;
    }

    private void take(int weight) {
      used += permits(weight);
      usedHere += permits(weight);
    }

    private void free(int weight) {
      used -= permits(weight);
      usedHere -= permits(weight);
    }

    private int permits(int weight) {
      return Math.min(weight, most);
    }
  }

  /** The turn that is admitted next. */
  private record Next(Side side, Turn turn) {}

  /**
   * Frees permits and admits the turns that wait for them. Where a turn that is being used returns
   * its permits, or others, immediately, the loop that runs it admits the next one: a loop without
   * recursion, since thousands may end, or be abandoned, at once.
   */
  private void serve(Side side, int weight) {
    Thread here = Thread.currentThread();
    Next next;
    synchronized (lock) {
      side.free(weight);
      next = serving.contains(here) ? null : takeNext();
      if (next == null) {
        return;
      }
      serving.add(here);
    }
    try {
      while (next != null) {
        next = letIn(next);
      }
    } finally {
      synchronized (lock) {
        serving.remove(here);
      }
    }
  }

  /** Uses a turn, and returns the next one. */
  private @Nullable Next letIn(Next next) {
    boolean kept = next.turn.run();
    synchronized (lock) {
      if (!kept) {
        next.side.free(next.turn.weight());
      }
      return takeNext();
    }
  }

  @GuardedBy("lock")
  private @Nullable Next takeNext() {
    while (true) {
      Side side = singles.line.isEmpty() ? batches : singles;
      Turn first = side.line.first();
      if (first == null || !side.hasRoom(first.weight())) {
        return null;
      }
      side.line.remove(first);
      if (first.come()) {
        side.take(first.weight());
        return new Next(side, first);
      }
    }
  }

  /** Returns the gate where work of {@code lane} waits for permits and returns them. */
  public Gate of(Lane lane) {
    return side(lane);
  }

  /** Takes a permit if one is free now. */
  public boolean tryAcquire(Lane lane) {
    return tryAcquire(lane, 1);
  }

  /** Takes {@code weight} permits if they are free now. */
  public boolean tryAcquire(Lane lane, int weight) {
    return side(lane).tryAcquire(weight);
  }

  /** Gives a permit back, as {@link #release(Lane, int)}. */
  public void release(Lane lane) {
    release(lane, 1);
  }

  /** Gives {@code weight} permits back and admits the turns that wait for them. */
  public void release(Lane lane, int weight) {
    side(lane).giveBack(weight);
  }

  /** Returns how many permits are taken. */
  public int used() {
    synchronized (lock) {
      return used;
    }
  }

  /** Returns the number of permits. */
  public int limit() {
    synchronized (lock) {
      return limit;
    }
  }

  /** Returns how much work of a class waits for a permit. */
  public int waiting(Lane lane) {
    synchronized (lock) {
      return side(lane).line.size();
    }
  }

  private Side side(Lane lane) {
    return lane == Lane.SINGLE ? singles : batches;
  }
}
