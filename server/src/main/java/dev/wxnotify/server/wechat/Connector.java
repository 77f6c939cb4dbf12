package dev.wxnotify.server.wechat;

import dev.wxnotify.server.netty.LostResets;
import dev.wxnotify.server.netty.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to WeChat: looks up the name, tries its addresses one after the other, connects
 * through the proxy, and makes the TLS handshake. None of it blocks an event loop, and all of it
 * counts against the time of the exchange that needs the connection.
 *
 * <p>It is long because one attempt passes through name, address, proxy and TLS within one time.
 */
final class Connector implements AutoCloseable {
  /** Far more than the concurrent requests of one connection, which is one. */
  private static final int FLUSHES_TOGETHER = 256;

  /** Connections that were opened together must not all end together. */
  private static final double LEAST_PART_OF_AGE = 0.8;

  private static final String STOPPING = "the server is stopping";
  private static final Duration CLOSING = Duration.ofSeconds(2);

  private final InetSocketAddress weChat;
  private volatile @Nullable EgressProxy proxy;
  private final @Nullable SslContext tls;
  private final AddressResolverGroup<InetSocketAddress> names;
  private final Transport transport;
  private final Duration connectTimeout;
  private final Duration maxAge;
  private final ConnectionPool pool;
  private final FailedAddresses failedAddresses = new FailedAddresses();

  /**
   * All connections that are open or are being opened; the group closes those that are added after
   * its end.
   */
  private final ChannelGroup channels =
      new DefaultChannelGroup("wechat", GlobalEventExecutor.INSTANCE, true);

  private final Set<Opening> openings = ConcurrentHashMap.newKeySet();

  /**
   * Creates a connector.
   *
   * @param weChat the destination of connections, not resolved
   * @param proxy the proxy of connections; null for none
   * @param tls null for plain connections
   * @param names looks up names without blocking
   * @param connectTimeout how long one address may take to accept a connection
   * @param maxAge how long a connection may be used
   */
  Connector(
      InetSocketAddress weChat,
      @Nullable EgressProxy proxy,
      @Nullable SslContext tls,
      AddressResolverGroup<InetSocketAddress> names,
      Transport transport,
      Duration connectTimeout,
      Duration maxAge,
      ConnectionPool pool) {
    this.weChat = weChat;
    this.proxy = proxy;
    this.tls = tls;
    this.names = names;
    this.transport = transport;
    this.connectTimeout = connectTimeout;
    this.maxAge = maxAge;
    this.pool = pool;
  }

  /**
   * Opens a connection for an exchange, which has begun on {@code loop}, the calling one; if none
   * can be opened, the exchange fails.
   *
   * @param whenOpen uses the connection; called on {@code loop}
   */
  void open(Exchange exchange, EventLoop loop, BiConsumer<Connection, Exchange> whenOpen) {
    if (pool.takePlace()) {
      Opening opening = new Opening(exchange, loop, whenOpen);
      openings.add(opening);
      opening.lookUp();
    } else {
      exchange.fail("all " + pool.limit() + " connections are in use");
    }
  }

  /**
   * Closes all connections, gives up those being opened, and waits briefly until that is done, so
   * that the event loops can be stopped.
   */
  @Override
  public void close() {
    openings.forEach(Opening::abandon);
    channels.close().awaitUninterruptibly(CLOSING.toMillis());
  }

  /** Uses another password for the proxy from now on. */
  void useProxyPassword(String password) {
    EgressProxy known = proxy;
    proxy = known == null ? null : known.withPassword(password);
  }

  private Connection connectionOf(Channel channel) {
    double part = ThreadLocalRandom.current().nextDouble(LEAST_PART_OF_AGE, 1);
    return new Connection(channel, pool, pool.now() + (long) (maxAge.toNanos() * part));
  }

  /** The opening of one new connection, which holds a place of the pool. */
  private final class Opening {
    private final Exchange exchange;
    private final EventLoop loop;
    private final BiConsumer<Connection, Exchange> whenOpen;
    private final @Nullable EgressProxy through = proxy;
    private final Queue<InetSocketAddress> addresses = new ArrayDeque<>();

    Opening(Exchange exchange, EventLoop loop, BiConsumer<Connection, Exchange> whenOpen) {
      this.exchange = exchange;
      this.loop = loop;
      this.whenOpen = whenOpen;
    }

    void lookUp() {
      InetSocketAddress next =
          through == null
              ? weChat
              : InetSocketAddress.createUnresolved(through.host(), through.port());
      try {
        names
            .getResolver(loop)
            .resolveAll(next)
            .addListener((FutureListener<List<InetSocketAddress>>) this::onAddresses);
      } catch (RuntimeException e) {
        giveUp(e);
      }
    }

    private void onAddresses(Future<List<InetSocketAddress>> found) {
      if (found.isSuccess()) {
        addresses.addAll(failedAddresses.inOrder(found.getNow()));
        connectToNext(new UnknownHostException());
      } else {
        giveUp(found.cause());
      }
    }

    /**
     * Tries the next address.
     *
     * @param fault why the last one failed
     */
    private void connectToNext(Throwable fault) {
      InetSocketAddress next = addresses.poll();
      if (next == null || exchange.isEnded()) {
        giveUp(fault);
      } else {
        connectTo(next);
      }
    }

    /** Ends the exchange; a connection that is being opened for it is closed with all channels. */
    void abandon() {
      try {
        loop.execute(() -> exchange.fail(STOPPING));
      } catch (RejectedExecutionException e) {
        exchange.fail(STOPPING); // Its loop has ended, and does not use it any more.
      }
    }

    private void giveUp(Throwable fault) {
      openings.remove(this);
      pool.freePlace();
      exchange.fail(NetworkFault.explain(fault, peer()));
    }

    /** Returns the name of the first peer, for messages. */
    private String peer() {
      return through == null ? weChat.getHostString() + ":" + weChat.getPort() : through.label();
    }

    private void connectTo(InetSocketAddress address) {
      HttpProxyHandler tunnel = through == null ? null : tunnel(address, through.credentials());
      ChannelFuture connected =
          new Bootstrap()
              .group(loop)
              .channel(transport.socketChannel())
              .disableResolver()
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
              .option(ChannelOption.TCP_NODELAY, true)
              .handler(
                  new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                      channels.add(channel);
                      addHandlers(channel, tunnel);
                    }
                  })
              .connect(through == null ? address : weChat);
      Channel channel = connected.channel();
      exchange.uses(channel);
      connected.addListener(
          done -> {
            if (done.isSuccess()) {
              failedAddresses.accepted(address);
              awaitTunnel(channel, tunnel);
            } else {
              failedAddresses.failed(address);
              connectToNext(done.cause());
            }
          });
    }

    private void awaitTunnel(Channel channel, @Nullable HttpProxyHandler tunnel) {
      if (tunnel == null) {
        awaitHandshake(channel);
      } else {
        tunnel
            .connectFuture()
            .addListener(
                done -> {
                  if (done.isSuccess()) {
                    awaitHandshake(channel);
                  } else {
                    fail(channel, done.cause());
                  }
                });
      }
    }

    private void awaitHandshake(Channel channel) {
      SslHandler handshake = channel.pipeline().get(SslHandler.class);
      if (handshake == null) {
        onOpen(channel);
      } else {
        handshake
            .handshakeFuture()
            .addListener(
                done -> {
                  if (done.isSuccess()) {
                    onOpen(channel);
                  } else {
                    fail(channel, done.cause());
                  }
                });
      }
    }

    private void fail(Channel channel, Throwable fault) {
      var ignored = channel.close();
      connectToNext(fault);
    }

    private void onOpen(Channel channel) {
      openings.remove(this);
      var ignored = channel.closeFuture().addListener(closed -> pool.freePlace());
      whenOpen.accept(channel.pipeline().get(Connection.class), exchange);
    }
  }

  private static HttpProxyHandler tunnel(
      InetSocketAddress proxy, EgressProxy.@Nullable Credentials credentials) {
    HttpProxyHandler tunnel =
        credentials == null
            ? new HttpProxyHandler(proxy)
            : new HttpProxyHandler(proxy, credentials.user(), credentials.password());
    tunnel.setConnectTimeoutMillis(0); // The exchange has a time limit for all of it.
    return tunnel;
  }

  /**
   * Requests are flushed after the event loop has created all pending ones, and not between two of
   * them: this keeps the kernel's data in the caches.
   */
  private void addHandlers(SocketChannel channel, @Nullable HttpProxyHandler tunnel) {
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(new FlushConsolidationHandler(FLUSHES_TOGETHER, true));
    if (tunnel != null) {
      pipeline.addLast(tunnel);
    }
    if (tls != null) {
      SslHandler handshake =
          tls.newHandler(channel.alloc(), weChat.getHostString(), weChat.getPort());
      handshake.setHandshakeTimeoutMillis(0); // The exchange has a time limit for all of it.
      pipeline.addLast(handshake);
    }
    Connection connection = connectionOf(channel);
    pipeline.addLast(new AnswerDecoder(connection), connection);
    LostResets.watch(channel);
  }
}
