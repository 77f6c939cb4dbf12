package dev.wxnotify.server.grpc;

import dev.wxnotify.server.netty.Transport;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * The threads under gRPC: those that it is given serve the connections, one of its own accepts them
 * and hands them to the others in turn.
 */
final class Acceptor implements AutoCloseable {
  private final EventLoopGroup loops;
  private final Transport transport;
  private final EventLoopGroup acceptor;

  /**
   * Starts the thread that accepts.
   *
   * @param loops serve the connections; they are not closed with this
   */
  Acceptor(EventLoopGroup loops) {
    this.loops = loops;
    this.transport = Transport.of(loops);
    this.acceptor =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("grpc-accept", true), transport.handlers());
  }

  void applyTo(NettyServerBuilder builder) {
    builder
        .bossEventLoopGroup(acceptor)
        .workerEventLoopGroup(loops)
        .channelType(transport.serverChannel());
  }

  @Override
  public void close() {
    var ignored = acceptor.shutdownGracefully();
  }
}
