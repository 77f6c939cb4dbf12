package dev.wxnotify.server.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of permits for two classes of work. Single calls go first, and batches never
 * take the last permits, so that a campaign cannot delay a call that somebody waits for. Within a
 * class it is first come, first served.
 *
 * <p>Concurrency: all state changes under {@link #lock}; waiting tasks run outside of it, on the
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
  private final int batchLimit;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Queue<BooleanSupplier> singles = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Queue<BooleanSupplier> batches = new ArrayDeque<>();

  /** The threads that are in the loop of {@link #release}. */
  @GuardedBy("lock")
  private final Set<Thread> lettingIn = new HashSet<>();

  @GuardedBy("lock")
  private int used;

  @GuardedBy("lock")
  private int usedByBatches;

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
    this.batchLimit = limit - reserved;
  }

  /** Takes a permit if one is free now. */
  public boolean tryAcquire(Lane lane) {
    synchronized (lock) {
      if (!isFree(lane)) {
        return false;
      }
      take(lane);
      return true;
    }
  }

  /**
   * Runs {@code task} with a permit: now, on this thread, or as soon as one is given back.
   *
   * @param task must not throw; returns true if it keeps the permit, to be given back with {@link
   *     #release}, and false if it has no use for it any more
   */
  public void acquire(Lane lane, BooleanSupplier task) {
    synchronized (lock) {
      if (!isFree(lane)) {
        queue(lane).add(task);
        return;
      }
      take(lane);
    }
    if (!task.getAsBoolean()) {
      release(lane);
    }
  }

  /**
   * Gives a permit back and lets those in that wait for it. Where a task that is being let in gives
   * its permit back on the spot, or another one, the loop that runs it lets in the next: a loop and
   * no recursion, since thousands may be done, or have lost interest, at once.
   */
  public void release(Lane lane) {
    Thread here = Thread.currentThread();
    Waiting next;
    synchronized (lock) {
      giveBack(lane);
      next = lettingIn.contains(here) ? null : takeNext();
      if (next == null) {
        return;
      }
      lettingIn.add(here);
    }
    try {
      while (next != null) {
        next = letIn(next);
      }
    } finally {
      synchronized (lock) {
        lettingIn.remove(here);
      }
    }
  }

  private record Waiting(Lane lane, BooleanSupplier task) {}

  /** Runs a task with its permit and returns the one after it. */
  private @Nullable Waiting letIn(Waiting waiting) {
    boolean kept = waiting.task.getAsBoolean();
    synchronized (lock) {
      if (!kept) {
        giveBack(waiting.lane);
      }
      return takeNext();
    }
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
      return queue(lane).size();
    }
  }

  @GuardedBy("lock")
  private void giveBack(Lane lane) {
    used--;
    if (lane == Lane.BATCH) {
      usedByBatches--;
    }
  }

  @GuardedBy("lock")
  private @Nullable Waiting takeNext() {
    Lane lane = singles.isEmpty() ? Lane.BATCH : Lane.SINGLE;
    if (queue(lane).isEmpty() || !hasRoom(lane)) {
      return null;
    }
    take(lane);
    return new Waiting(lane, queue(lane).remove());
  }

  /** Nobody overtakes those who wait in the same class. */
  @GuardedBy("lock")
  private boolean isFree(Lane lane) {
    return hasRoom(lane) && queue(lane).isEmpty();
  }

  @GuardedBy("lock")
  private boolean hasRoom(Lane lane) {
    return used < limit && (lane == Lane.SINGLE || usedByBatches < batchLimit);
  }

  @GuardedBy("lock")
  private void take(Lane lane) {
    used++;
    if (lane == Lane.BATCH) {
      usedByBatches++;
    }
  }

  @GuardedBy("lock")
  private Queue<BooleanSupplier> queue(Lane lane) {
    return lane == Lane.SINGLE ? singles : batches;
  }
}
