package dev.wxnotify.server.grpc;

import dev.wxnotify.server.netty.Transport;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * The threads under gRPC: the given event loops serve the connections; one thread of its own
 * accepts connections and assigns them to the loops in turn.
 */
final class Acceptor implements AutoCloseable {
  private final EventLoopGroup loops;
  private final Transport transport;
  private final EventLoopGroup acceptor;

  /**
   * Starts the accepting thread.
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

  /**
   * Configures {@code builder} to use these threads.
   *
   * @param connections receives each socket immediately after it was accepted
   */
  void applyTo(NettyServerBuilder builder, ConnectionLimit connections) {
    ReflectiveChannelFactory<ServerChannel> listening =
        new ReflectiveChannelFactory<>(transport.serverChannel());
    builder
        .bossEventLoopGroup(acceptor)
        .workerEventLoopGroup(loops)
        .channelFactory(
            () -> {
              ServerChannel channel = listening.newChannel();
              channel.pipeline().addLast(connections);
              return channel;
            });
  }

  @Override
  public void close() {
    var ignored = acceptor.shutdownGracefully();
  }
}
