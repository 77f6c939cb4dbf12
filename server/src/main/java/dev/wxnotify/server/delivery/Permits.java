package dev.wxnotify.server.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of permits for two classes of work. Single calls go first, and batches never
 * take more than their part, so that a campaign cannot delay a call that somebody waits for. Within
 * a class it is first come, first served. A piece of work takes one permit, or several if it is
 * large; never more than its class may have.
 *
 * <pre>
 *   enter ─▶ room, and nobody waits? ── yes ─▶ permits taken ─▶ use() ── true ──▶ … giveBack()
 *                     │ no                          ▲             │ false               │
 *                     ▼                             │             ▼                     ▼
 *              line of the class ────────────── next in line ◀── permits are free again
 *                     │ withdraw()                  ▲
 *                     └─ out of the line at once ───┘ (a large one may have held up others)
 * </pre>
 *
 * <p>Concurrency: all state changes under {@link #lock}; turns are used outside of it, on the
 * thread that gave the permit back.
 */
public final class Permits {
  /** Which class a piece of work belongs to. */
  public enum Lane {
    /** A unary call. */
    SINGLE,
    /** An item of a batch. */
    BATCH
  }

  private final int limit;
  private final Object lock = new Object();
  private final Side singles;
  private final Side batches;

  /** The threads that are in the loop of {@link #serve}. */
  @GuardedBy("lock")
  private final Set<Thread> serving = new HashSet<>();

  /** Guarded by the lock, like what the two classes of work have. */
  private int used;

  /**
   * Creates permits, none of them taken.
   *
   * @param limit how many there are
   * @param reserved how many of them batches never take
   */
  public Permits(int limit, int reserved) {
    if (reserved < 0 || reserved >= limit) {
      throw new IllegalArgumentException(
          "reserved: " + reserved + " (expected: 0 to " + (limit - 1) + ")");
    }
    this.limit = limit;
    this.singles = new Side(limit);
    this.batches = new Side(limit - reserved);
  }

  /**
   * The permits as one class of work sees them. What is private, but for the two limits, is guarded
   * by the lock; the annotation cannot say so across two of these.
   */
  private final class Side implements Gate, Turn.Queue {
    /** The most permits that the class may have. */
    private final int most;

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
        serve(this, 0); // It may have been one that was too large, with others behind it.
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

    /** Nobody overtakes those who wait in the same class. */
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

  /** Who is let in next. */
  private record Next(Side side, Turn turn) {}

  /**
   * Frees permits and lets in those who wait for them. Where a turn that is being used gives its
   * permits back on the spot, or others, the loop that runs it lets in the next: a loop and no
   * recursion, since thousands may be done, or have lost interest, at once.
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

  /** Has a turn used, and returns the one after it. */
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

  /** Returns the permits as work of {@code lane} waits for them and gives them back. */
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

  /** Gives {@code weight} permits back and lets those in that wait for them. */
  public void release(Lane lane, int weight) {
    side(lane).giveBack(weight);
  }

  /** Returns how many permits are taken. */
  public int used() {
    synchronized (lock) {
      return used;
    }
  }

  /** Returns how many there are. */
  public int limit() {
    return limit;
  }

  /** Returns how much work of a class waits for one. */
  public int waiting(Lane lane) {
    synchronized (lock) {
      return side(lane).line.size();
    }
  }

  private Side side(Lane lane) {
    return lane == Lane.SINGLE ? singles : batches;
  }
}
