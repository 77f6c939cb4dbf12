package dev.wxnotify.server.netty;

/**
 * The body of an answer that stays open: a stream of server-sent events. The port adds a comment
 * from time to time, so that proxies and clients see that it lives.
 */
@FunctionalInterface
public interface HttpStream {

  /**
   * Begins to send, on the event loop of the port, which must not be blocked.
   *
   * @return is closed once, on that loop, when the stream has ended, whoever ended it
   */
  AutoCloseable open(Sink sink);

  /** Takes what is sent. Both methods may be called on any thread, and never block. */
  interface Sink {
    /**
     * Sends some whole events.
     *
     * @return false if the stream has ended; also where the client reads so slowly that too much
     *     waits for it, which ends the stream
     */
    boolean send(byte[] events);

    /** Ends the stream, after what was sent. */
    void close();
  }
}
