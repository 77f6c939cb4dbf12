package dev.wxnotify.server.delivery;

/**
 * Two gates, one behind the other: first one of time, then one of permits. Whoever leaves while it
 * waits for the second, or has no use for it, has not used the first one either.
 *
 * <pre>
 *   enter ─▶ first ─▶ its turn ─▶ second ─▶ its turn: used? ── true ──▶ both are used
 *              │                     │                  │ false
 *              │ withdraw()          │ withdraw()       ▼
 *              ▼                     └────────▶ the first takes its turn back
 *            gone
 * </pre>
 *
 * <p>Concurrency: the turn at the second gate is known before it waits there, as {@link Turn} wants
 * it, so that who withdraws finds it, or it finds itself withdrawn. What it costs at the first gate
 * goes back once: by whoever withdrew the turn at the second, or by that turn itself.
 */
public final class GateChain implements Gate {
  private final Gate first;
  private final Gate second;

  /**
   * Creates a chain.
   *
   * @param first counts turns in a time
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

  /** Gives back what was taken at the second gate; the turn of the first one was used. */
  @Override
  public void giveBack(int weight) {
    second.giveBack(weight);
  }

  /** The way of one turn: itself the turn at the first gate. */
  private final class Passage extends Turn implements Turn.Queue {
    private final Turn behind;

    Passage(Turn whose) {
      super(whose.weight());
      this.behind = new Behind(whose);
    }

    @Override
    protected boolean use() {
      second.enter(behind);
      return true; // What comes to nothing from here on is given back.
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
