package dev.wxnotify.web;

/** One client that listens. Any thread may use it. */
public interface EventSink {

  /**
   * Sends one event, and never waits.
   *
   * @return false if the client is too slow, or gone; its connection was closed, and it may come
   *     again with the id of the last event that it has seen
   */
  boolean send(ServerSentEvent event);

  /** Ends the stream. A browser connects again. */
  void close();
}
