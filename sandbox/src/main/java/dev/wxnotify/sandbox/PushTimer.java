package dev.wxnotify.sandbox;

import java.time.Duration;

/** Runs the tasks of pushes, one after another and never on the caller's thread. */
interface PushTimer extends AutoCloseable {

  /** Runs a task soon; after {@link #close}, never. */
  void run(Runnable task);

  /** Runs a task later; after {@link #close}, never. */
  void after(Duration delay, Runnable task);

  @Override
  void close();
}
