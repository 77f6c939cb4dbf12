package dev.wxnotify.server.testing;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler that never runs a task by itself: {@link #advance} moves the clock and runs the tasks
 * that are due, in order, on the calling thread.
 *
 * <p>Like the real one, it stores a task's exception in the task's future. After {@link #shutdown}
 * it accepts no task, still runs those that are scheduled, and drops those that repeat. Tasks may
 * be scheduled from any thread; one thread at a time may advance.
 */
public final class FakeScheduler extends AbstractExecutorService
    implements ScheduledExecutorService {
  /** More than any test needs: a task that schedules itself without a delay would run forever. */
  private static final int MOST_TASKS_PER_ADVANCE = 1_000_000;

  private final FakeClock clock;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final PriorityQueue<Task<?>> waiting = new PriorityQueue<>();

  @GuardedBy("lock")
  private long scheduled;

  @GuardedBy("lock")
  private boolean shutdown;

  @GuardedBy("lock")
  private boolean rejecting;

  /** Creates a scheduler without tasks that moves {@code clock}. */
  public FakeScheduler(FakeClock clock) {
    this.clock = clock;
  }

  /** Advances the clock, and stops at the time of each due task to run it. */
  public void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("by: " + by + " (expected: >= 0)");
    }
    long target = clock.elapsedNanos() + by.toNanos();
    for (int ran = 0; ran < MOST_TASKS_PER_ADVANCE; ran++) {
      Task<?> next = pollDue(target);
      if (next == null) {
        clock.advanceTo(target);
        return;
      }
      clock.advanceTo(next.due);
      next.run();
    }
    throw new AssertionError("tasks go on scheduling each other without letting time pass");
  }

  /** Runs the tasks that are due now. */
  public void runDue() {
    advance(Duration.ZERO);
  }

  /** Rejects tasks from now on, like one that was shut down, or accepts them again. */
  public void rejectTasks(boolean rejects) {
    synchronized (lock) {
      rejecting = rejects;
    }
  }

  /** Returns how many tasks have not run; one that repeats counts once. */
  public int pending() {
    synchronized (lock) {
      return waiting.size();
    }
  }

  private @Nullable Task<?> pollDue(long until) {
    synchronized (lock) {
      Task<?> first = waiting.peek();
      return first != null && first.due <= until ? waiting.poll() : null;
    }
  }

  @Override
  public void execute(Runnable command) {
    var ignored = schedule(command, 0, TimeUnit.NANOSECONDS);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return enqueue(new Task<>(Executors.callable(command), Duration.ZERO, false), delay, unit);
  }

  @Override
  public <V extends @Nullable Object> ScheduledFuture<V> schedule(
      Callable<V> callable, long delay, TimeUnit unit) {
    return enqueue(new Task<>(callable, Duration.ZERO, false), delay, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    return enqueue(
        new Task<>(Executors.callable(command), positive(period, unit), true), initialDelay, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    return enqueue(
        new Task<>(Executors.callable(command), positive(delay, unit), false), initialDelay, unit);
  }

  private static Duration positive(long period, TimeUnit unit) {
    if (period <= 0) {
      throw new IllegalArgumentException("period: " + period + " (expected: > 0)");
    }
    return Duration.of(period, unit.toChronoUnit());
  }

  private <V extends @Nullable Object> Task<V> enqueue(Task<V> task, long delay, TimeUnit unit) {
    synchronized (lock) {
      if (shutdown || rejecting) {
        throw new RejectedExecutionException("the scheduler is shut down");
      }
      task.due = clock.elapsedNanos() + Math.max(0, unit.toNanos(delay));
      task.order = scheduled++;
      waiting.add(task);
    }
    return task;
  }

  private void enqueueAgain(Task<?> task, long due) {
    synchronized (lock) {
      if (!shutdown && !task.isCancelled()) {
        task.due = due;
        task.order = scheduled++;
        waiting.add(task);
      }
    }
  }

  @Override
  public void shutdown() {
    synchronized (lock) {
      shutdown = true;
      waiting.removeIf(Task::repeats);
    }
  }

  @Override
  public List<Runnable> shutdownNow() {
    synchronized (lock) {
      shutdown = true;
      List<Runnable> dropped = new ArrayList<>(waiting);
      waiting.clear();
      return dropped;
    }
  }

  @Override
  public boolean isShutdown() {
    synchronized (lock) {
      return shutdown;
    }
  }

  @Override
  public boolean isTerminated() {
    synchronized (lock) {
      return shutdown && waiting.isEmpty();
    }
  }

  /** Never waits, since nothing would happen meanwhile. */
  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isTerminated();
  }

  private final class Task<V extends @Nullable Object> extends FutureTask<V>
      implements ScheduledFuture<V> {
    private final Duration period;
    private final boolean fixedRate;

    /** When to run, in nanoseconds of the clock; changes only while the task is not queued. */
    private long due;

    private long order;

    Task(Callable<V> callable, Duration period, boolean fixedRate) {
      super(callable);
      this.period = period;
      this.fixedRate = fixedRate;
    }

    boolean repeats() {
      return !period.isZero();
    }

    @Override
    public void run() {
      if (!repeats()) {
        super.run();
      } else if (runAndReset()) {
        enqueueAgain(this, (fixedRate ? due : clock.elapsedNanos()) + period.toNanos());
      }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      synchronized (lock) {
        waiting.remove(this);
      }
      return cancelled;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(due - clock.elapsedNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      Task<?> that = (Task<?>) other;
      int byTime = Long.compare(due, that.due);
      return byTime != 0 ? byTime : Long.compare(order, that.order);
    }
  }
}
