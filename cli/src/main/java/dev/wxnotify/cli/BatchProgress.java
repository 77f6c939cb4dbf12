package dev.wxnotify.cli;

/** Shows how far a batch is. Its methods may be called from any thread. */
interface BatchProgress extends AutoCloseable {
  /** Prints a line that stays visible. */
  void say(String line);

  /** Shows the last state and stops. */
  @Override
  void close();
}
