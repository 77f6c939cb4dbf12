package dev.wxnotify.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts that were opened so far, which are closed in reverse order: all of them, even if
 * closing one fails. Used by one thread.
 */
final class Opened implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Opened.class);

  private final Deque<Runnable> closings = new ArrayDeque<>();

  /** Closes a part. */
  @FunctionalInterface
  interface Closing<T> {
    /** Closes {@code part}; a failure is logged. */
    void close(T part) throws Exception;
  }

  /** Adds a part that is open from now on, and returns it. */
  <T> T add(T part, Closing<? super T> closing) {
    closings.push(() -> close(part, closing));
    return part;
  }

  /** Adds a part that is open from now on, and returns it. */
  <T extends AutoCloseable> T add(T part) {
    return add(part, AutoCloseable::close);
  }

  private static <T> void close(T part, Closing<? super T> closing) {
    try {
      closing.close(part);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception | LinkageError e) {
      log.warn("closing {} failed: {}", part.getClass().getSimpleName(), e.toString());
    }
  }

  /** Closes all parts, the last one first; none of them twice. */
  @Override
  public void close() {
    while (!closings.isEmpty()) {
      closings.pop().run();
    }
  }
}
