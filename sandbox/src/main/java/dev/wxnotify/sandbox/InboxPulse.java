package dev.wxnotify.sandbox;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs whoever follows the events, soon after there are some: all on one thread, which does not
 * exist before somebody follows. Events that come close together cause one run, so that a load test
 * with a page open costs a hundred looks in a second, however many messages it sends.
 */
final class InboxPulse implements Executor, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(InboxPulse.class);
  private static final Duration SPACING = Duration.ofMillis(10);
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final ScheduledThreadPoolExecutor executor;
  private final List<Runnable> followers = new CopyOnWriteArrayList<>();
  private final AtomicBoolean due = new AtomicBoolean();

  InboxPulse(InboxLog events) {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "sandbox-inbox");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.setRemoveOnCancelPolicy(true);
    executor.setKeepAliveTime(IDLE.toSeconds(), TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
    events.listener(this::wake);
  }

  /** Runs {@code follower} now and after events, until {@link #leave}. */
  void follow(Runnable follower) {
    followers.add(follower);
    execute(follower);
  }

  void leave(Runnable follower) {
    followers.remove(follower);
  }

  /** How many follow now. */
  int followers() {
    return followers.size();
  }

  /** Runs a task soon; after {@link #close}, never. */
  @Override
  public void execute(Runnable task) {
    executor.execute(logged(task));
  }

  /** Runs a task later; after {@link #close}, never. */
  Future<?> after(Duration delay, Runnable task) {
    return executor.schedule(logged(task), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  /** On the thread that added an event, perhaps that of a send. */
  private void wake() {
    if (!followers.isEmpty() && !due.get() && due.compareAndSet(false, true)) {
      var unused = after(SPACING, this::beat);
    }
  }

  private void beat() {
    // First, so that an event during the run causes another.
    due.set(false);
    followers.forEach(follower -> logged(follower).run());
  }

  /** The executor would keep the error to itself. */
  private static Runnable logged(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RejectedExecutionException e) {
        // The sandbox is closing.
        log.debug("abandoned", e);
      } catch (RuntimeException e) {
        log.warn("a follower of events failed", e);
      }
    };
  }
}
