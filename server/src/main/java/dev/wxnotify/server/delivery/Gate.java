package dev.wxnotify.server.delivery;

/**
 * A place where work waits for its turn, first come, first served: until a permit is free, or until
 * its time has come. Everything that makes messages wait implements this contract.
 *
 * <pre>
 *   enter ──▶ waits ──▶ its turn: {@link Turn#use} ──▶ true: used    ──▶ {@link #giveBack} where
 *               │                                  │                     permits are returned
 *               │ {@link Turn#withdraw}            └──▶ false: goes to the next, costs nothing
 *               ▼
 *             gone at once: costs nothing, and the next one moves up
 * </pre>
 *
 * <p>Concurrency: one compare-and-set in the {@link Turn} itself decides whether a turn comes or is
 * withdrawn. Turns are used outside all locks, on the thread that made them possible.
 */
public interface Gate {

  /**
   * Uses {@code turn} as soon as it may be used: now, on this thread, or later, on another. A
   * withdrawn turn does not enter.
   *
   * @param turn has not entered before
   */
  void enter(Turn turn);

  /**
   * Returns what a turn of {@code weight} took. A gate that counts how many turns are inside needs
   * this for each used turn. A gate that counts turns per time needs it only for a used turn that
   * had no effect in the end.
   */
  void giveBack(int weight);
}
