package dev.wxnotify.server.cli;

/** Shows how far a batch is. Its methods may be called from any thread. */
interface BatchProgress extends AutoCloseable {
  /** Says something that stays to be read. */
  void say(String line);

  /** Shows the last state and nothing more. */
  @Override
  void close();
}
