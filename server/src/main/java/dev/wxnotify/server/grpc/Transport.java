package dev.wxnotify.server.grpc;

import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * The threads under gRPC: those that it is given serve the connections, one of its own accepts them
 * and hands them to the others in turn.
 */
final class Transport implements AutoCloseable {
  private final EventLoopGroup loops;
  private final Class<? extends ServerChannel> channelType;
  private final EventLoopGroup acceptor;

  /**
   * Starts the thread that accepts.
   *
   * @param loops serve the connections, which are of their kind; they are not closed with this
   */
  Transport(EventLoopGroup loops) {
    this.loops = loops;
    IoHandlerFactory accepting;
    if (loops instanceof IoEventLoopGroup group && group.isIoType(IoUringIoHandler.class)) {
      channelType = IoUringServerSocketChannel.class;
      accepting = IoUringIoHandler.newFactory();
    } else if (loops instanceof IoEventLoopGroup group && group.isIoType(EpollIoHandler.class)) {
      channelType = EpollServerSocketChannel.class;
      accepting = EpollIoHandler.newFactory();
    } else {
      channelType = NioServerSocketChannel.class;
      accepting = NioIoHandler.newFactory();
    }
    this.acceptor =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("grpc-accept", true), accepting);
  }

  /**
   * Has {@code builder} use them.
   *
   * @param connections sees each socket right after it was accepted
   */
  void applyTo(NettyServerBuilder builder, ConnectionLimit connections) {
    ReflectiveChannelFactory<ServerChannel> listening = new ReflectiveChannelFactory<>(channelType);
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
