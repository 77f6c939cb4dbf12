package dev.wxnotify.server;

import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultEventExecutorChooserFactory;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorChooserFactory.EventExecutorChooser;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.Executor;

/**
 * The threads that read and write sockets, one for each core. Callers and WeChat share them: what
 * is begun on one of them, a connection or a wait, stays on it, so that a message goes out, and its
 * answer back, on the thread that it came in by, and nobody is woken on its way.
 */
final class EventLoops {
  private EventLoops() {}

  /** Makes them, of the native transport where there is one; whoever calls shuts them down. */
  @SuppressWarnings("deprecation") // The HTTP client knows a transport by these classes only.
  static EventLoopGroup make() {
    int threads = Runtime.getRuntime().availableProcessors();
    Executor starter = new ThreadPerTaskExecutor(new DefaultThreadFactory("wxnotify-io", true));
    return Epoll.isAvailable()
        ? new EpollEventLoopGroup(
            threads, starter, EventLoops::nearest, DefaultSelectStrategyFactory.INSTANCE)
        : new NioEventLoopGroup(
            threads,
            starter,
            EventLoops::nearest,
            SelectorProvider.provider(),
            DefaultSelectStrategyFactory.INSTANCE);
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
