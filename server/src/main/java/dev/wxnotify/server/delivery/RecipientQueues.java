package dev.wxnotify.server.delivery;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one message at a time go to each recipient, since WeChat answers 43108 to concurrent ones.
 * First come, first served.
 *
 * <p>Concurrency: a line is touched only inside the map's atomic operations on its key; turns are
 * given outside of them, by one thread at a time. A turn that ends while it is being given, on this
 * thread or another, leaves the next one to the thread that gives it: a loop and no recursion,
 * since thousands may fail on the spot. A recipient with nothing under way takes no memory.
 */
final class RecipientQueues {
  private final Map<Recipient, Line> lines = new ConcurrentHashMap<>();

  /** One user of one app. */
  record Recipient(String appId, String openId) {}

  /** Those who wait for one recipient while somebody has the turn. */
  private static final class Line {
    /** Null until somebody waits: the common case allocates none. */
    private @Nullable Queue<BooleanSupplier> waiting;

    /** Whether a thread is inside the turn's function. */
    boolean giving = true;

    /** Whether the turn ended meanwhile. */
    boolean ended;

    void add(BooleanSupplier turn) {
      if (waiting == null) {
        waiting = new ArrayDeque<>(2);
      }
      waiting.add(turn);
    }

    @Nullable BooleanSupplier next() {
      return waiting == null ? null : waiting.poll();
    }
  }

  /**
   * Runs {@code turn} as soon as nothing else is under way to the recipient: now, or on the thread
   * that leaves.
   *
   * @param turn must not throw; returns true if it keeps the turn, to be ended with {@link #leave},
   *     and false if it has no use for it any more
   */
  void enter(Recipient recipient, BooleanSupplier turn) {
    boolean[] free = new boolean[1];
    lines.compute(
        recipient,
        (key, line) -> {
          if (line == null) {
            free[0] = true;
            return new Line();
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
    BooleanSupplier[] next = new BooleanSupplier[1];
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

  private void give(Recipient recipient, @Nullable BooleanSupplier turn) {
    BooleanSupplier next = turn;
    while (next != null) {
      next = afterGiving(recipient, next.getAsBoolean());
    }
  }

  private @Nullable BooleanSupplier afterGiving(Recipient recipient, boolean kept) {
    BooleanSupplier[] next = new BooleanSupplier[1];
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
  private static @Nullable Line pass(Line line, @Nullable BooleanSupplier[] next) {
    next[0] = line.next();
    line.giving = true;
    line.ended = false;
    return next[0] == null ? null : line;
  }
}
