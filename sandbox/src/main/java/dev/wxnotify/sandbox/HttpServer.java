package dev.wxnotify.sandbox;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Listens on a port and hands whole requests to handlers. */
final class HttpServer implements AutoCloseable {

  private static final int MAX_REQUEST = 4 * 1024 * 1024;
  private static final int BACKLOG = 4096;

  private final EventLoopGroup group;
  private final Channel channel;
  private final ChannelGroup connections;

  private HttpServer(EventLoopGroup group, Channel channel, ChannelGroup connections) {
    this.group = group;
    this.channel = channel;
    this.connections = connections;
  }

  static HttpServer start(
      String host, int port, Supplier<EarlyTrouble> early, Supplier<RequestHandler> handlers)
      throws IOException {
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            Math.max(2, Runtime.getRuntime().availableProcessors()),
            new DefaultThreadFactory("sandbox", true),
            NioIoHandler.newFactory());
    ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel ch) {
                    connections.add(ch);
                    ch.pipeline()
                        .addLast(
                            new HttpRequestDecoder(),
                            // For the aggregator only: answers bypass it, see Wire.
                            new HttpResponseEncoder(),
                            new ReadGate(),
                            early.get(),
                            new HttpObjectAggregator(MAX_REQUEST),
                            handlers.get());
                  }
                });
    var bound = bootstrap.bind(host, port).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      stop(group);
      throw new IOException("cannot listen on " + host + ":" + port, bound.cause());
    }
    return new HttpServer(group, bound.channel(), connections);
  }

  int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** Closes the port and all connections. */
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
    // The end of the event loops alone leaves them open.
    connections.close().awaitUninterruptibly();
    stop(group);
  }

  private static void stop(EventLoopGroup group) {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
