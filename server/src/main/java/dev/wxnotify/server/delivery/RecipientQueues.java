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
 * <p>Concurrency: a queue is touched only inside the map's atomic operations on its key; turns are
 * given outside of them. A recipient with nothing under way takes no memory.
 */
final class RecipientQueues {
  private final Map<Recipient, Queue<BooleanSupplier>> waiting = new ConcurrentHashMap<>();

  /** One user of one app. */
  record Recipient(String appId, String openId) {}

  /**
   * Runs {@code turn} as soon as nothing else is under way to the recipient: now, or on the thread
   * that leaves.
   *
   * @param turn must not throw; returns true if it keeps the turn, to be ended with {@link #leave},
   *     and false if it has no use for it any more
   */
  void enter(Recipient recipient, BooleanSupplier turn) {
    boolean[] free = new boolean[1];
    waiting.compute(
        recipient,
        (key, queue) -> {
          if (queue == null) {
            free[0] = true;
            return NOBODY;
          }
          Queue<BooleanSupplier> real = queue == NOBODY ? new ArrayDeque<>(2) : queue;
          real.add(turn);
          return real;
        });
    if (free[0] && !turn.getAsBoolean()) {
      leave(recipient);
    }
  }

  /** Ends a turn and gives the next one. */
  void leave(Recipient recipient) {
    BooleanSupplier next;
    do {
      next = takeNext(recipient);
    } while (next != null && !next.getAsBoolean());
  }

  int size() {
    return waiting.size();
  }

  private @Nullable BooleanSupplier takeNext(Recipient recipient) {
    BooleanSupplier[] next = new BooleanSupplier[1];
    waiting.computeIfPresent(
        recipient,
        (key, queue) -> {
          next[0] = queue.poll();
          return next[0] == null ? null : queue;
        });
    return next[0];
  }

  /** Stands for an empty queue, so that the common case allocates none. Never added to. */
  private static final Queue<BooleanSupplier> NOBODY = new ArrayDeque<>(0);
}
