package dev.wxnotify.server;

import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.uring.IOUringEventLoopGroup;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.util.concurrent.DefaultEventExecutorChooserFactory;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorChooserFactory.EventExecutorChooser;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that read and write sockets, one for each core. Callers and WeChat share them: what
 * is begun on one of them, a connection or a wait, stays on it, so that a message goes out, and its
 * answer back, on the thread that it came in by, and nobody is woken on its way.
 */
final class EventLoops {
  private static final Logger log = LoggerFactory.getLogger(EventLoops.class);

  private EventLoops() {}

  /** How the operating system is asked about many sockets at once. */
  enum Transport {
    /** The first of the others that is there. */
    AUTO,
    /** Linux's rings: one system call for what many sockets read and write. */
    IO_URING,
    /** Linux, too: one for each read and each write. */
    EPOLL,
    /** The JDK's, which is there everywhere. */
    NIO;

    /** Returns why it cannot be had on this machine; null if it can. */
    @Nullable String whyNot() {
      Throwable cause =
          switch (this) {
            case IO_URING -> IoUring.unavailabilityCause();
            case EPOLL -> Epoll.unavailabilityCause();
            case AUTO, NIO -> null;
          };
      return cause == null ? null : rootOf(cause).toString();
    }

    private static Throwable rootOf(Throwable fault) {
      Throwable root = fault;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      return root;
    }
  }

  /**
   * Makes them; whoever calls shuts them down.
   *
   * @throws IllegalStateException if the kernel does not give what the transport needs
   */
  static EventLoopGroup make(Transport transport) {
    return switch (transport) {
      case AUTO -> best();
      case IO_URING -> ofRings();
      case EPOLL -> ofEpoll();
      case NIO -> ofSelectors();
    };
  }

  /** Returns the transport of event loops that were made here; never {@link Transport#AUTO}. */
  static Transport transportOf(EventLoopGroup loops) {
    if (loops instanceof IoEventLoopGroup group) {
      if (group.isIoType(IoUringIoHandler.class)) {
        return Transport.IO_URING;
      }
      if (group.isIoType(EpollIoHandler.class)) {
        return Transport.EPOLL;
      }
    }
    return Transport.NIO;
  }

  private static EventLoopGroup best() {
    if (Transport.IO_URING.whyNot() == null) {
      try {
        return ofRings();
      } catch (RuntimeException e) {
        log.warn("io_uring is there, but gives no rings; it goes on with epoll: {}", e.toString());
      }
    }
    return Transport.EPOLL.whyNot() == null ? ofEpoll() : ofSelectors();
  }

  private static EventLoopGroup ofRings() {
    return new IOUringEventLoopGroup(threads(), starter(), EventLoops::nearest);
  }

  @SuppressWarnings("deprecation") // The HTTP client knows a transport by these classes only.
  private static EventLoopGroup ofEpoll() {
    return new EpollEventLoopGroup(
        threads(), starter(), EventLoops::nearest, DefaultSelectStrategyFactory.INSTANCE);
  }

  @SuppressWarnings("deprecation")
  private static EventLoopGroup ofSelectors() {
    return new NioEventLoopGroup(
        threads(),
        starter(),
        EventLoops::nearest,
        SelectorProvider.provider(),
        DefaultSelectStrategyFactory.INSTANCE);
  }

  private static int threads() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static Executor starter() {
    return new ThreadPerTaskExecutor(new DefaultThreadFactory("wxnotify-io", true));
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
