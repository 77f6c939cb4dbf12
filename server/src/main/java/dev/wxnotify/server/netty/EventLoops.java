package dev.wxnotify.server.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultEventExecutorChooserFactory;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorChooserFactory.EventExecutorChooser;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that read and write sockets, one for each core. Callers and WeChat share them: what
 * is begun on one of them, a connection or a wait, stays on it, so that a message goes out, and its
 * answer back, on the thread that it came in by, and nobody is woken on its way.
 */
public final class EventLoops {
  private static final Logger log = LoggerFactory.getLogger(EventLoops.class);

  private EventLoops() {}

  /**
   * Makes loops of a certain transport; whoever calls shuts them down.
   *
   * @throws IllegalStateException if the kernel does not give what the transport needs
   */
  public static EventLoopGroup make(Transport transport) {
    return new MultiThreadIoEventLoopGroup(
        Runtime.getRuntime().availableProcessors(),
        new ThreadPerTaskExecutor(new DefaultThreadFactory("wxnotify-io", true)),
        EventLoops::nearest,
        transport.handlers());
  }

  /** Makes loops of the first transport that works here; whoever calls shuts them down. */
  public static EventLoopGroup makeBest() {
    if (Transport.IO_URING.whyNot() == null) {
      try {
        return make(Transport.IO_URING);
      } catch (RuntimeException e) {
        log.warn("io_uring is available, but cannot create rings; using epoll: {}", e.toString());
      }
    }
    return make(Transport.EPOLL.whyNot() == null ? Transport.EPOLL : Transport.NIO);
  }

  /** Chooses the loop of the current thread, or for other threads one after the other. */
  private static EventExecutorChooser nearest(EventExecutor[] loops) {
    EventExecutorChooser inTurn = DefaultEventExecutorChooserFactory.INSTANCE.newChooser(loops);
    return () -> {
      for (EventExecutor loop : loops) {
        if (loop.inEventLoop()) {
          return loop;
        }
      }
      return inTurn.next();
    };
  }
}
