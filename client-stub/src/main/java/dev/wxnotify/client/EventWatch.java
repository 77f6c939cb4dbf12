package dev.wxnotify.client;

import java.util.Optional;
import java.util.concurrent.ExecutionException;

/**
 * A running watch of events. It opens another stream whenever one breaks, after a pause that grows
 * with each attempt, and goes on after the last event that its {@link EventListener} has handled.
 * It does so until it is closed, or no further attempt can succeed.
 *
 * <p>Within one watch, an event comes once. Over several watches delivery is at least once: keep
 * {@link #cursor} where what the listener does is kept, and begin the next watch with it.
 *
 * <p><b>Threads.</b> Each watch has one daemon thread, which does everything and calls the
 * listener. The methods here may be called from any thread.
 */
public final class EventWatch implements AutoCloseable {
  private final WatchLoop loop;
  private final Thread thread;

  EventWatch(WatchLoop loop) {
    this.loop = loop;
    this.thread = new Thread(loop::run, "wxnotify-watch");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Returns the cursor of the last event or heartbeat that the listener has handled: where another
   * watch goes on. Empty before the first, if the request had none.
   */
  public String cursor() {
    return loop.cursor();
  }

  /**
   * Waits for the end. The listener must not call it.
   *
   * @return why it ended by itself; empty if it was closed
   * @throws IllegalStateException if the listener threw an exception, which is its cause
   */
  public Optional<SendFailure> await() throws InterruptedException {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException("the listener must not wait for its own watch");
    }
    try {
      return loop.end().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the watch's listener failed", e.getCause());
    }
  }

  /**
   * Ends the watch, and waits until the listener has returned, if an event is being handled; the
   * listener itself may call it.
   */
  @Override
  public void close() {
    loop.close();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
