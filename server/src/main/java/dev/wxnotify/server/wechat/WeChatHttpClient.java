package dev.wxnotify.server.wechat;

import dev.wxnotify.server.netty.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The connections to WeChat: asynchronous, pooled and bounded, HTTP/1.1 with keep-alive. Every
 * request goes out at most once; nothing is repeated, redirected, unpacked or remembered.
 *
 * <p>A request uses an idle connection of the event loop that it is made on, else an idle one of
 * another loop, else a new one; where as many are open as may be, it is refused and never queued.
 */
public final class WeChatHttpClient implements AutoCloseable {
  /**
   * For token calls, and for connections that are still being closed when their permit is given
   * back.
   */
  static final int CONNECTION_HEADROOM = 32;

  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final URI baseUrl;
  private final Duration requestTimeout;
  private final EventLoopGroup loops;
  private final AddressResolverGroup<InetSocketAddress> names;
  private final ConnectionPool pool;
  private final Connector connector;

  /**
   * Settings.
   *
   * @param baseUrl where WeChat is; a path, that of a relay, comes before the paths of the API
   * @param proxy what the connections lead through; null for none
   * @param connectTimeout the longest time to make a connection to one address
   * @param requestTimeout the longest time from the start of a request to the end of its answer,
   *     looking up the name and connecting included
   * @param maxConnections the most connections that messages use
   * @param maxConnectionAge how long a connection is used at most, busy or not, so that a changed
   *     address of WeChat is followed
   */
  public record Settings(
      URI baseUrl,
      @Nullable EgressProxy proxy,
      Duration connectTimeout,
      Duration requestTimeout,
      int maxConnections,
      Duration maxConnectionAge) {}

  /**
   * Opens no connection yet.
   *
   * @param loops read and write the connections; they are not closed with the client
   * @throws IllegalStateException if Java's trusted certificates cannot be read
   */
  public WeChatHttpClient(Settings settings, EventLoopGroup loops) {
    this(settings, loops, nameServers(Transport.of(loops)));
  }

  /**
   * Opens no connection yet.
   *
   * @param names looks names up without blocking; closed with the client
   */
  WeChatHttpClient(
      Settings settings, EventLoopGroup loops, AddressResolverGroup<InetSocketAddress> names) {
    this.baseUrl = settings.baseUrl();
    this.requestTimeout = settings.requestTimeout();
    this.loops = loops;
    this.names = names;
    this.pool = new ConnectionPool(loops, settings.maxConnections() + CONNECTION_HEADROOM);
    boolean encrypted = "https".equalsIgnoreCase(baseUrl.getScheme());
    int port = baseUrl.getPort() >= 0 ? baseUrl.getPort() : encrypted ? HTTPS_PORT : HTTP_PORT;
    this.connector =
        new Connector(
            InetSocketAddress.createUnresolved(hostOf(baseUrl), port),
            settings.proxy(),
            encrypted ? tls() : null,
            names,
            Transport.of(loops),
            settings.connectTimeout(),
            settings.maxConnectionAge(),
            pool);
  }

  private static AddressResolverGroup<InetSocketAddress> nameServers(Transport transport) {
    return new DnsAddressResolverGroup(
        new DnsNameResolverBuilder()
            .datagramChannelType(transport.datagramChannel())
            .socketChannelType(transport.socketChannel()));
  }

  /** An IPv6 address is in brackets in a URL and nowhere else. */
  private static String hostOf(URI url) {
    String host = url.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static SslContext tls() {
    try {
      return SslContextBuilder.forClient()
          .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
          .endpointIdentificationAlgorithm("HTTPS")
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("TLS to WeChat cannot be set up", e);
    }
  }

  /** Shows the proxy another password, for the connections that are opened from now on. */
  public void useProxyPassword(String password) {
    connector.useProxyPassword(password);
  }

  /** Returns the target of requests to an endpoint, to be made once and used often. */
  RequestTarget address(String path, @Nullable String query) {
    return new RequestTarget(baseUrl, path, query);
  }

  /**
   * Posts JSON.
   *
   * @param gate asked once, right before the first byte is written; false means that nothing is
   *     written
   */
  CompletableFuture<HttpResult> post(RequestTarget target, byte[] json, BooleanSupplier gate) {
    return execute(new Exchange(target, json, gate, requestTimeout));
  }

  CompletableFuture<HttpResult> get(RequestTarget target) {
    return execute(new Exchange(target, null, () -> true, requestTimeout));
  }

  /**
   * Begins the request when the event loop has read all that came in, and not in the midst of that:
   * the requests of several messages are then made one after the other, which is faster than each
   * between the reading of two (see docs/performance.md).
   */
  private CompletableFuture<HttpResult> execute(Exchange exchange) {
    EventLoop loop = loops.next();
    onLoop(loop, exchange, () -> begin(exchange, loop));
    return exchange.result();
  }

  private static void onLoop(EventLoop loop, Exchange exchange, Runnable step) {
    try {
      loop.execute(
          () -> {
            try {
              step.run();
            } catch (Throwable fault) {
              exchange.breakDown(fault);
            }
          });
    } catch (RejectedExecutionException e) {
      exchange.fail(NetworkFault.explain(e));
    }
  }

  private void begin(Exchange exchange, EventLoop loop) {
    Connection idle = pool.poll(loop);
    if (idle == null) {
      exchange.begin(loop);
      connector.open(exchange, loop, Connection::use);
    } else if (idle.loop() == loop) {
      exchange.begin(loop);
      idle.use(exchange);
    } else {
      onLoop(idle.loop(), exchange, () -> beginFar(exchange, idle));
    }
  }

  /** From now on the exchange belongs to the loop of the connection, which may have died since. */
  private void beginFar(Exchange exchange, Connection idle) {
    EventLoop loop = idle.loop();
    exchange.begin(loop);
    Connection usable = idle.isOpen() ? idle : pool.pollOf(loop);
    if (usable == null) {
      connector.open(exchange, loop, Connection::use);
    } else {
      usable.use(exchange);
    }
  }

  /** Closes all connections; what is under way ends as written or as not written, as it was. */
  @Override
  public void close() {
    pool.close();
    connector.close();
    names.close();
  }
}
