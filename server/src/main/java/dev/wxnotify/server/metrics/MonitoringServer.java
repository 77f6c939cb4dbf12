package dev.wxnotify.server.metrics;

import dev.wxnotify.server.delivery.Readiness;
import dev.wxnotify.server.netty.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers probes and Prometheus, without TLS, on a port of its own: {@code /livez}, {@code /readyz}
 * and {@code /metrics}.
 *
 * <p>One event loop does all the work: it never waits for a client, so that a slow one delays no
 * other, and a scrape takes some milliseconds. Requests are bounded by {@link #MAX_LINE} and {@link
 * #MAX_HEADERS}, connections by {@link Connections}.
 */
public final class MonitoringServer implements AutoCloseable {
  static final int MAX_LINE = 1024;
  static final int MAX_HEADERS = 8 * 1024;

  private static final int MAX_CHUNK = 1024;
  private static final int BACKLOG = 128;

  private final InetSocketAddress address;
  private final Readiness readiness;
  private final ServerMeters meters;
  private final Connections connections = new Connections();
  private @Nullable EventLoopGroup group;
  private @Nullable Channel channel;

  /** Creates the server; {@link #start} binds it. */
  public MonitoringServer(InetSocketAddress address, Readiness readiness, ServerMeters meters) {
    this.address = address;
    this.readiness = readiness;
    this.meters = meters;
  }

  /** Binds the port and serves. */
  public void start() throws IOException {
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("wxnotify-monitoring", true), Transport.NIO.handlers());
    group = loop;
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channel(Transport.NIO.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel accepted) {
                    connections.add(accepted);
                    accepted
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(
                                new HttpDecoderConfig()
                                    .setMaxInitialLineLength(MAX_LINE)
                                    .setMaxHeaderSize(MAX_HEADERS)
                                    .setMaxChunkSize(MAX_CHUNK)),
                            new MonitoringHandler(readiness, meters));
                  }
                });
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      close();
      throw new IOException(
          "cannot listen on " + address.getHostString() + ":" + address.getPort(), bound.cause());
    }
    channel = bound.channel();
  }

  /** Returns the bound port. */
  public int port() {
    Channel bound = channel;
    if (bound == null) {
      throw new IllegalStateException("not started");
    }
    return ((InetSocketAddress) bound.localAddress()).getPort();
  }

  /** Closes the port and all connections. */
  @Override
  public void close() {
    Channel bound = channel;
    if (bound != null) {
      channel = null;
      bound.close().awaitUninterruptibly(); // Ending the loop alone leaves it open.
      bound.eventLoop().submit(connections::closeAll).awaitUninterruptibly();
    }
    EventLoopGroup loop = group;
    if (loop != null) {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }
}
