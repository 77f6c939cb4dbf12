package dev.wxnotify.server.testing;

import dev.wxnotify.server.netty.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/** Threads for the sockets of a test. */
public final class TestLoops implements AutoCloseable {
  private final EventLoopGroup loops;

  /** Creates {@code threads} threads. */
  public TestLoops(int threads) {
    this.loops =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("test-io", true), Transport.NIO.handlers());
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
