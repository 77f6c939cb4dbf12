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
 * class it is first come, first served. A piece of work takes one permit, or several if it is
 * large; never more than its class may have.
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
  private final Queue<Waiting> singles = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Queue<Waiting> batches = new ArrayDeque<>();

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
    return tryAcquire(lane, 1);
  }

  /** Takes {@code weight} permits if they are free now. */
  public boolean tryAcquire(Lane lane, int weight) {
    synchronized (lock) {
      if (!isFree(lane, weight)) {
        return false;
      }
      take(lane, weight);
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
    acquire(lane, 1, task);
  }

  /** Runs {@code task} with {@code weight} permits, as {@link #acquire(Lane, BooleanSupplier)}. */
  public void acquire(Lane lane, int weight, BooleanSupplier task) {
    synchronized (lock) {
      if (!isFree(lane, weight)) {
        queue(lane).add(new Waiting(lane, weight, task));
        return;
      }
      take(lane, weight);
    }
    if (!task.getAsBoolean()) {
      release(lane, weight);
    }
  }

  /** Gives a permit back, as {@link #release(Lane, int)}. */
  public void release(Lane lane) {
    release(lane, 1);
  }

  /**
   * Gives {@code weight} permits back and lets those in that wait for them. Where a task that is
   * being let in gives its permits back on the spot, or others, the loop that runs it lets in the
   * next: a loop and no recursion, since thousands may be done, or have lost interest, at once.
   */
  public void release(Lane lane, int weight) {
    Thread here = Thread.currentThread();
    Waiting next;
    synchronized (lock) {
      giveBack(lane, weight);
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

  private record Waiting(Lane lane, int weight, BooleanSupplier task) {}

  /** Runs a task with its permit and returns the one after it. */
  private @Nullable Waiting letIn(Waiting waiting) {
    boolean kept = waiting.task.getAsBoolean();
    synchronized (lock) {
      if (!kept) {
        giveBack(waiting.lane, waiting.weight);
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
  private void giveBack(Lane lane, int weight) {
    int permits = permits(lane, weight);
    used -= permits;
    if (lane == Lane.BATCH) {
      usedByBatches -= permits;
    }
  }

  @GuardedBy("lock")
  private @Nullable Waiting takeNext() {
    Queue<Waiting> queue = singles.isEmpty() ? batches : singles;
    Waiting next = queue.peek();
    if (next == null || !hasRoom(next.lane, next.weight)) {
      return null;
    }
    take(next.lane, next.weight);
    return queue.remove();
  }

  /** Nobody overtakes those who wait in the same class. */
  @GuardedBy("lock")
  private boolean isFree(Lane lane, int weight) {
    return hasRoom(lane, weight) && queue(lane).isEmpty();
  }

  @GuardedBy("lock")
  private boolean hasRoom(Lane lane, int weight) {
    int permits = permits(lane, weight);
    return used + permits <= limit
        && (lane == Lane.SINGLE || usedByBatches + permits <= batchLimit);
  }

  @GuardedBy("lock")
  private void take(Lane lane, int weight) {
    int permits = permits(lane, weight);
    used += permits;
    if (lane == Lane.BATCH) {
      usedByBatches += permits;
    }
  }

  private int permits(Lane lane, int weight) {
    return Math.min(weight, lane == Lane.SINGLE ? limit : batchLimit);
  }

  @GuardedBy("lock")
  private Queue<Waiting> queue(Lane lane) {
    return lane == Lane.SINGLE ? singles : batches;
  }
}
