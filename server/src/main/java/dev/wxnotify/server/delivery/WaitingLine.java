package dev.wxnotify.server.delivery;

import org.jspecify.annotations.Nullable;

/**
 * Turns in the order in which they came, linked to each other, so that each can leave immediately.
 * It serves gates and has no lock of its own: all methods are called under the gate's lock.
 */
public final class WaitingLine {
  private @Nullable Turn first;
  private @Nullable Turn last;
  private int size;

  /** Adds a turn at the end, unless it was withdrawn. */
  public void add(Turn turn) {
    if (turn.isWithdrawn()) {
      return;
    }
    turn.line = this;
    turn.before = last;
    if (last == null) {
      first = turn;
    } else {
      last.after = turn;
    }
    last = turn;
    size++;
  }

  /** Returns the turn that came first; null if there is none. */
  public @Nullable Turn first() {
    return first;
  }

  /** Removes a turn; returns whether it was here. */
  public boolean remove(Turn turn) {
    if (turn.line != this) {
      return false;
    }
    Turn previous = turn.before;
    Turn next = turn.after;
    if (previous == null) {
      first = next;
    } else {
      previous.after = next;
    }
    if (next == null) {
      last = previous;
    } else {
      next.before = previous;
    }
    turn.line = null;
    turn.before = null;
    turn.after = null;
    size--;
    return true;
  }

  /** Removes turns from the front until one has come, and returns it; null if none is left. */
  public @Nullable Turn takeFirst() {
    for (Turn turn = first; turn != null; turn = first) {
      remove(turn);
      if (turn.come()) {
        return turn;
      }
    }
    return null;
  }

  /** Tells whether no turn waits. */
  public boolean isEmpty() {
    return first == null;
  }

  /** Returns how many turns wait. */
  public int size() {
    return size;
  }
}
