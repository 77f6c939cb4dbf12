package dev.wxnotify.server.delivery;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Lets one message at a time go to each recipient, since WeChat answers 43108 to concurrent ones.
 * First come, first served. It is a {@link Gate} in all but the name of the recipient.
 *
 * <p>Concurrency: a line is touched only inside the map's atomic operations on its key; turns are
 * used outside of them, by one thread at a time. A turn that ends while it is being given, on this
 * thread or another, leaves the next one to the thread that gives it: a loop and no recursion,
 * since thousands may fail on the spot. A recipient with nothing under way takes no memory.
 */
final class RecipientQueues {
  private final Map<Recipient, Line> lines = new ConcurrentHashMap<>();

  /** One user of one app. */
  record Recipient(String appId, String openId) {}

  /** Those who wait for one recipient while somebody has the turn. */
  private final class Line implements Turn.Queue {
    private final Recipient recipient;

    /** Null until somebody waits: the common case allocates none. */
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
   * Has {@code turn} used as soon as nothing else is under way to the recipient: now, or on the
   * thread that leaves. One that is used is ended with {@link #leave}.
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

  /** Takes the next turn out of a line; null, which ends the line, where there is none. */
  private @Nullable Line pass(Line line, @Nullable Turn[] next) {
    next[0] = line.next();
    line.giving = true;
    line.ended = false;
    return next[0] == null ? null : line;
  }
}
