package dev.wxnotify.server.delivery;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Work that waits at a {@link Gate} for its turn, which comes once or is withdrawn. It is the
 * queue's own node, so that it leaves the middle of a queue without a search and without a remnant.
 * Work that need not wait allocates nothing else.
 *
 * <pre>
 *   WAITING ──── come() ────▶ TAKEN: {@link #use} runs, once
 *      │
 *      └────── withdraw() ──▶ WITHDRAWN: {@link #use} never runs
 * </pre>
 *
 * <p>Concurrency: one compare-and-set decides between the two. A turn names its queue before the
 * queue checks whether it was withdrawn, and is withdrawn before it reads its queue. So one of the
 * two sees the other, and a withdrawn turn never stays in a queue.
 */
public abstract class Turn {
  private static final int WAITING = 0;
  private static final int TAKEN = 1;
  private static final int WITHDRAWN = 2;

  private static final AtomicIntegerFieldUpdater<Turn> STATE =
      AtomicIntegerFieldUpdater.newUpdater(Turn.class, "state");

  /** The links of the queue that it is in; guarded by that queue's lock. */
  @Nullable WaitingLine line;

  @Nullable Turn before;
  @Nullable Turn after;

  private final int weight;
  private volatile int state;
  private volatile @Nullable Queue queue;

  /** Where a turn waits. */
  public interface Queue {
    /** Removes {@code turn}, which was withdrawn. */
    void left(Turn turn);
  }

  /**
   * Creates work that has not entered.
   *
   * @param weight how much it takes at once, at least 1; a gate that counts turns per time counts
   *     each once
   */
  protected Turn(int weight) {
    this.weight = weight;
  }

  /**
   * Runs when the turn has come. It must not throw.
   *
   * @return true if it uses the turn; false if it does not need it any more, so that the next one
   *     gets it
   */
  protected abstract boolean use();

  /** Returns how much it takes at once. */
  public final int weight() {
    return weight;
  }

  /**
   * Leaves the queue, or does not enter: the turn is not needed any more.
   *
   * @return true if the turn never comes; false if it has come, or was withdrawn before
   */
  public final boolean withdraw() {
    if (!STATE.compareAndSet(this, WAITING, WITHDRAWN)) {
      return false;
    }
    Queue at = queue;
    if (at != null) {
      at.left(this);
    }
    return true;
  }

  /** Sets the queue where it waits, before it waits there. */
  public final void waitsIn(Queue queue) {
    this.queue = queue;
  }

  /** Tells whether it was withdrawn. */
  final boolean isWithdrawn() {
    return state == WITHDRAWN;
  }

  /** Marks the turn as come; returns whether {@link #use} is to run now. */
  public final boolean come() {
    return STATE.compareAndSet(this, WAITING, TAKEN);
  }

  /** Runs the turn after {@link #come}; returns whether it was used. */
  public final boolean run() {
    return use();
  }
}
