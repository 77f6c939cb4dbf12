package dev.wxnotify.server.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port that speaks HTTP/1.1 without TLS, and trusts nobody: requests, connections and waiting are
 * bounded by {@link Limits}.
 *
 * <p>One event loop of its own does all the work. It never waits for a client, so that a slow one
 * delays no other, and however many requests arrive here, they take no turn on the loops that
 * messages use.
 */
public final class HttpPort implements AutoCloseable {
  private static final int MAX_CHUNK = 8 * 1024;
  private static final int BACKLOG = 512;
  private static final Logger log = LoggerFactory.getLogger(HttpPort.class);

  private final InetSocketAddress address;
  private final String threadName;
  private final Transport transport;
  private final Limits limits;
  private final HttpRoutes routes;
  private final Connections connections;
  private final BodyRoom room;
  private @Nullable EventLoopGroup group;
  private @Nullable Channel channel;

  /**
   * What clients may do.
   *
   * @param maxLine the longest request line, in bytes
   * @param maxHeaders the longest headers of a request together, in bytes
   * @param maxBody the longest body, in bytes
   * @param maxBodies the bytes of the bodies of all unanswered requests together
   * @param maxConnections the most connections
   * @param receive how long a request may take to arrive, from its first byte on, and an answer to
   *     be read
   * @param answer after which time a request without an answer gets 503
   * @param idle how long a connection may wait for its next request
   * @param streams the bounds of answers that stay open, which are no part of {@code
   *     maxConnections}
   */
  public record Limits(
      int maxLine,
      int maxHeaders,
      int maxBody,
      long maxBodies,
      int maxConnections,
      Duration receive,
      Duration answer,
      Duration idle,
      Streams streams) {

    /** Limits of a port without streams. */
    public Limits(
        int maxLine,
        int maxHeaders,
        int maxBody,
        long maxBodies,
        int maxConnections,
        Duration receive,
        Duration answer,
        Duration idle) {
      this(
          maxLine,
          maxHeaders,
          maxBody,
          maxBodies,
          maxConnections,
          receive,
          answer,
          idle,
          Streams.NONE);
    }
  }

  /**
   * The bounds of answers that stay open.
   *
   * @param most how many there may be; more are answered with 503
   * @param heartbeat how often each gets a comment
   * @param maxUnread how many bytes may wait for a client
   */
  public record Streams(int most, Duration heartbeat, int maxUnread) {
    /** No streams. */
    public static final Streams NONE = new Streams(0, Duration.ofDays(1), 0);
  }

  /**
   * Creates the port; {@link #start} binds it.
   *
   * @param threadName the name of its event loop's thread
   */
  public HttpPort(
      InetSocketAddress address,
      String threadName,
      Transport transport,
      Limits limits,
      HttpRoutes routes) {
    this.address = address;
    this.threadName = threadName;
    this.transport = transport;
    this.limits = limits;
    this.routes = routes;
    this.connections = new Connections(limits.maxConnections, limits.streams.most);
    this.room = new BodyRoom(limits.maxBodies);
  }

  /** Binds the port and serves. */
  public void start() throws IOException {
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory(threadName, true), transport.handlers());
    group = loop;
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel accepted) {
                    init(accepted);
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

  private void init(SocketChannel accepted) {
    connections.add(accepted);
    HttpConversation conversation = new HttpConversation(limits, routes, connections, room);
    accepted
        .pipeline()
        .addLast(
            conversation.arrivals(),
            new HttpServerCodec(
                new HttpDecoderConfig()
                    .setMaxInitialLineLength(limits.maxLine)
                    .setMaxHeaderSize(limits.maxHeaders)
                    .setMaxChunkSize(MAX_CHUNK)),
            conversation);
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
    close(Duration.ZERO);
  }

  /**
   * Closes the port and all connections: at once those that wait for their client, and the others
   * when they have their answer.
   *
   * @param patience how long the answers may take together
   */
  public void close(Duration patience) {
    Channel bound = channel;
    if (bound != null) {
      channel = null;
      bound.close().awaitUninterruptibly(); // Ending the loop alone leaves it open.
      awaitAnswers(bound.eventLoop(), patience);
      bound.eventLoop().submit(connections::closeAll).awaitUninterruptibly();
    }
    EventLoopGroup loop = group;
    if (loop != null) {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  private void awaitAnswers(EventLoop loop, Duration patience) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    loop.execute(() -> connections.end(ended));
    try {
      ended.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.debug("some requests have no answer at the end");
    }
  }
}
