package dev.wxnotify.server.delivery;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What still needs an app: messages that wait or are under way, and calls that wait for its token.
 * An app that was removed from the configuration is closed when the last of them has ended.
 *
 * <pre>
 *   begin() ─▶ waits, is tried, is answered ─▶ end() ── removed, and the last one? ──▶ task
 *                                                              ▲
 *   removed: whenUnused(task) ── nothing under way? ───────────┘
 * </pre>
 *
 * <p>Concurrency: two counters that only grow. Whoever compares them reads the ended ones first, so
 * that equal ones were equal at one moment. A compare-and-set lets one thread run the task. Who had
 * found the app right before it was removed may begin after that; it then uses a token cache that
 * renews nothing any more, but still has its token.
 */
public final class AppUse {
  private final LongAdder begun = new LongAdder();
  private final LongAdder ended = new LongAdder();
  private final AtomicReference<@Nullable Runnable> whenUnused = new AtomicReference<>();

  /** Says that something begins to need the app; it must {@link #end}. */
  public void begin() {
    begun.increment();
  }

  /** Says that it needs the app no longer. */
  public void end() {
    ended.increment();
    runIfUnused();
  }

  /**
   * Has {@code task} run once, as soon as nothing needs the app: now, or on the thread that ends
   * the last one.
   *
   * @param task must neither block nor throw
   */
  public void whenUnused(Runnable task) {
    whenUnused.set(task);
    runIfUnused();
  }

  /** Tells whether nothing needs the app. */
  boolean isUnused() {
    long before = ended.sum();
    return begun.sum() <= before;
  }

  private void runIfUnused() {
    Runnable task = whenUnused.get();
    if (task != null && isUnused() && whenUnused.compareAndSet(task, null)) {
      task.run();
    }
  }
}
