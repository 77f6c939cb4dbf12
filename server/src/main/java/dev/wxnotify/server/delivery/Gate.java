package dev.wxnotify.server.delivery;

/**
 * A place where work waits for its turn, first come, first served: until a permit is free, or until
 * it is time. The one contract of everything that makes messages wait.
 *
 * <pre>
 *   enter ──▶ waits ──▶ its turn: {@link Turn#use} ──▶ true: used    ──▶ {@link #giveBack} where
 *               │                                  │                     permits come back
 *               │ {@link Turn#withdraw}            └──▶ false: goes to the next, costs nothing
 *               ▼
 *             gone at once: costs nothing, and the next one moves up
 * </pre>
 *
 * <p>Concurrency: whether a turn comes or is withdrawn is decided by one compare-and-set in the
 * {@link Turn} itself. Turns are used outside of all locks, on the thread that made them possible.
 */
public interface Gate {

  /**
   * Has {@code turn} used as soon as it may be: now, on this thread, or later, on another. A turn
   * that was withdrawn does not enter.
   *
   * @param turn has not entered before
   */
  void enter(Turn turn);

  /**
   * Takes back what a turn of {@code weight} was given. A gate that counts how many are inside
   * needs that for each turn that was used; one that counts how many pass in a time, only for a
   * turn that came to nothing after all.
   */
  void giveBack(int weight);
}
