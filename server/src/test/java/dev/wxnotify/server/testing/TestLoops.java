package dev.wxnotify.server.testing;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/** Threads for the sockets of a test. */
public final class TestLoops implements AutoCloseable {
  private final EventLoopGroup loops;

  /** Makes {@code threads} of them. */
  @SuppressWarnings("deprecation") // The HTTP client knows a transport by these classes only.
  public TestLoops(int threads) {
    this.loops = new NioEventLoopGroup(threads, new DefaultThreadFactory("test-io", true));
  }

  /** Returns the threads. */
  public EventLoopGroup group() {
    return loops;
  }

  @Override
  public void close() {
    var ignored = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
