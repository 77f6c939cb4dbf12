package dev.wxnotify.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A clock and a timer that stand still until they are moved; tasks for now run at once. */
final class ManualPushTimer implements PushTimer, InstantSource {

  private record Task(Instant due, Runnable task) {}

  private final PushThread thread = new PushThread();
  private final List<Task> later = new ArrayList<>();
  private volatile Instant now = Instant.parse("2026-11-24T04:00:00Z");

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public void run(Runnable task) {
    thread.run(task);
  }

  @Override
  public synchronized void after(Duration delay, Runnable task) {
    later.add(new Task(now.plus(delay), task));
  }

  /** The tasks that are due within this time from now. */
  synchronized int dueWithin(Duration time) {
    Instant end = now.plus(time);
    return (int) later.stream().filter(task -> !task.due().isAfter(end)).count();
  }

  /**
   * Moves the clock and runs what is due, in order. What the thread has begun may set a time of its
   * own, so it ends first.
   */
  void advance(Duration by) {
    var begun = new CompletableFuture<Void>();
    thread.run(() -> begun.complete(null));
    begun.join();
    List<Task> due;
    synchronized (this) {
      now = now.plus(by);
      due =
          later.stream()
              .filter(task -> !task.due().isAfter(now))
              .sorted(Comparator.comparing(Task::due))
              .toList();
      later.removeAll(due);
    }
    due.forEach(task -> thread.run(task.task()));
  }

  @Override
  public void close() {
    thread.close();
  }
}
