package dev.wxnotify.server.delivery;

/**
 * Two gates, one behind the other: first one of time, then one of permits. A turn that leaves while
 * it waits for the second gate, or does not use it, does not count at the first gate either.
 *
 * <pre>
 *   enter ─▶ first ─▶ its turn ─▶ second ─▶ its turn: used? ── true ──▶ both are used
 *              │                     │                  │ false
 *              │ withdraw()          │ withdraw()       ▼
 *              ▼                     └────────▶ the first takes its turn back
 *            gone
 * </pre>
 *
 * <p>Concurrency: the turn at the second gate exists before it waits there, as {@link Turn}
 * requires. So a withdrawal finds it, or it finds itself withdrawn. Its cost at the first gate is
 * returned once: by the withdrawal of the turn at the second gate, or by that turn itself.
 */
public final class GateChain implements Gate {
  private final Gate first;
  private final Gate second;

  /**
   * Creates a chain.
   *
   * @param first counts turns per time
   * @param second must not throw
   */
  public GateChain(Gate first, Gate second) {
    this.first = first;
    this.second = second;
  }

  @Override
  public void enter(Turn turn) {
    Passage passage = new Passage(turn);
    turn.waitsIn(passage);
    if (!turn.isWithdrawn()) {
      first.enter(passage);
    }
  }

  /** Returns what was taken at the second gate; the turn at the first gate counts as used. */
  @Override
  public void giveBack(int weight) {
    second.giveBack(weight);
  }

  /** The passage of one turn, which is itself the turn at the first gate. */
  private final class Passage extends Turn implements Turn.Queue {
    private final Turn behind;

    Passage(Turn whose) {
      super(whose.weight());
      this.behind = new Behind(whose);
    }

    @Override
    protected boolean use() {
      second.enter(behind);
      return true; // If the turn has no effect after this point, it is given back.
    }

    @Override
    public void left(Turn turn) {
      if (!withdraw() && !isWithdrawn() && behind.withdraw()) {
        first.giveBack(weight());
      }
    }
  }

  /** The turn at the second gate. */
  private final class Behind extends Turn {
    private final Turn whose;

    Behind(Turn whose) {
      super(whose.weight());
      this.whose = whose;
    }

    @Override
    protected boolean use() {
      boolean used = whose.come() && whose.run();
      if (!used) {
        first.giveBack(weight());
      }
      return used;
    }
  }
}
