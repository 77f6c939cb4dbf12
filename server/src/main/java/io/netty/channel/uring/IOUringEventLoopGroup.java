package io.netty.channel.uring;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.EventExecutorChooserFactory;
import java.util.concurrent.Executor;

/**
 * Event loops of io_uring, under the one name by which AsyncHttpClient knows them: up to 3.0.13 it
 * tells transports apart by the names of classes, and this one's did not come along when Netty took
 * io_uring out of its incubator. From 3.0.14 on it asks the group itself, and this class can go.
 */
public final class IOUringEventLoopGroup extends MultiThreadIoEventLoopGroup {

  /**
   * Makes the rings, one for each thread.
   *
   * @throws RuntimeException if the kernel refuses one
   */
  public IOUringEventLoopGroup(
      int threads, Executor starter, EventExecutorChooserFactory chooserFactory) {
    super(threads, starter, chooserFactory, IoUringIoHandler.newFactory());
  }
}
