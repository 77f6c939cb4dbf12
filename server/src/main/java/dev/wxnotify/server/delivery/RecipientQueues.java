package dev.wxnotify.server.delivery;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Admits one message at a time for each recipient, since WeChat answers 43108 to concurrent ones.
 * First come, first served. It is a {@link Gate} except for the name of the recipient.
 *
 * <p>Concurrency: a line is used only inside the map's atomic operations on its key; turns are used
 * outside them, by one thread at a time. If a turn ends while it is being given, on this thread or
 * another, the thread that gives it gives the next one too: a loop without recursion, since
 * thousands may fail immediately. A recipient without a message in progress takes no memory.
 */
final class RecipientQueues {
  private final Map<Recipient, Line> lines = new ConcurrentHashMap<>();

  /** One user of one app. */
  record Recipient(String appId, String openId) {}

  /** The turns that wait for one recipient while another turn is used. */
  private final class Line implements Turn.Queue {
    private final Recipient recipient;

    /** Null until a turn waits: the common case allocates none. */
    private @Nullable WaitingLine waiting;

    /** Whether a thread is inside the turn's function. */
    boolean giving = true;

    /** Whether the turn ended meanwhile. */
    boolean ended;

    Line(Recipient recipient) {
      this.recipient = recipient;
    }

    void add(Turn turn) {
      if (waiting == null) {
        waiting = new WaitingLine();
      }
      turn.waitsIn(this);
      waiting.add(turn);
    }

    @Nullable Turn next() {
      return waiting == null ? null : waiting.takeFirst();
    }

    @Override
    public void left(Turn turn) {
      lines.computeIfPresent(
          recipient,
          (key, line) -> {
            if (waiting != null) {
              waiting.remove(turn);
            }
            return line;
          });
    }
  }

  /**
   * Uses {@code turn} as soon as nothing else is in progress for the recipient: now, or on the
   * thread that calls {@link #leave}. A used turn ends with {@link #leave}.
   */
  void enter(Recipient recipient, Turn turn) {
    boolean[] free = new boolean[1];
    lines.compute(
        recipient,
        (key, line) -> {
          if (line == null) {
            free[0] = turn.come();
            return free[0] ? new Line(key) : null;
          }
          line.add(turn);
          return line;
        });
    if (free[0]) {
      give(recipient, turn);
    }
  }

  /** Ends a turn and gives the next one. */
  void leave(Recipient recipient) {
    Turn[] next = new Turn[1];
    lines.computeIfPresent(
        recipient,
        (key, line) -> {
          if (line.giving) {
            line.ended = true;
            return line;
          }
          return pass(line, next);
        });
    give(recipient, next[0]);
  }

  int size() {
    return lines.size();
  }

  private void give(Recipient recipient, @Nullable Turn turn) {
    Turn next = turn;
    while (next != null) {
      next = afterGiving(recipient, next.run());
    }
  }

  private @Nullable Turn afterGiving(Recipient recipient, boolean kept) {
    Turn[] next = new Turn[1];
    lines.computeIfPresent(
        recipient,
        (key, line) -> {
          if (kept && !line.ended) {
            line.giving = false;
            return line;
          }
          return pass(line, next);
        });
    return next[0];
  }

  /** Removes the next turn from a line; null, which ends the line, if there is none. */
  private @Nullable Line pass(Line line, @Nullable Turn[] next) {
    next[0] = line.next();
    line.giving = true;
    line.ended = false;
    return next[0] == null ? null : line;
  }
}
