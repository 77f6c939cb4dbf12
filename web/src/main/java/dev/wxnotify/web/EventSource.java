package dev.wxnotify.web;

/** What a stream of events has. */
public interface EventSource {

  /**
   * Begins to send. The HTTP side calls it once, when the head of the answer is written, on its
   * event loop: it must not block.
   *
   * @return what the HTTP side closes once, when the client is gone or the server stops; the source
   *     lets go of the sink then
   */
  AutoCloseable open(EventSink sink);
}
