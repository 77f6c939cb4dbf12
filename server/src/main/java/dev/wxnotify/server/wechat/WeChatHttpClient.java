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
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The connections to WeChat: asynchronous, pooled and bounded, HTTP/1.1 with keep-alive. Every
 * request is sent at most once; nothing is repeated, redirected, decompressed or cached.
 *
 * <p>A request uses an idle connection of its own event loop, otherwise an idle one of another
 * loop, otherwise a new one. At the maximum number of connections it is refused and never queued.
 */
public final class WeChatHttpClient implements AutoCloseable {
  /** For token calls, and for connections that are still closing when their permit is returned. */
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
   * @param baseUrl the address of WeChat; a path, for example of a relay, precedes the paths of the
   *     API
   * @param proxy the proxy of connections; null for none
   * @param connectTimeout the longest time to connect to one address
   * @param requestTimeout the longest time from the start of a request to the end of its answer,
   *     looking up the name and connecting included
   * @param maxConnections the maximum number of connections that messages use
   * @param maxConnectionAge the longest time for which a connection is used, busy or not, so that a
   *     changed address of WeChat takes effect
   */
  public record Settings(
      URI baseUrl,
      @Nullable EgressProxy proxy,
      Duration connectTimeout,
      Duration requestTimeout,
      int maxConnections,
      Duration maxConnectionAge) {}

  /**
   * Creates a client that opens no connection yet.
   *
   * @param loops read and write the connections; they are not closed with the client
   * @throws IllegalStateException if Java's trusted certificates cannot be read
   */
  public WeChatHttpClient(Settings settings, EventLoopGroup loops) {
    this(settings, loops, nameServers(Transport.of(loops)));
  }

  /**
   * Creates a client that opens no connection yet.
   *
   * @param names looks up names without blocking; closed with the client
   */
  WeChatHttpClient(
      Settings settings, EventLoopGroup loops, AddressResolverGroup<InetSocketAddress> names) {
    this(settings, loops, names, System::nanoTime);
  }

  /**
   * Creates a client that opens no connection yet.
   *
   * @param names looks up names without blocking; closed with the client
   * @param nanoClock tells how old connections are; as {@link System#nanoTime}
   */
  WeChatHttpClient(
      Settings settings,
      EventLoopGroup loops,
      AddressResolverGroup<InetSocketAddress> names,
      LongSupplier nanoClock) {
    this.baseUrl = settings.baseUrl();
    this.requestTimeout = settings.requestTimeout();
    this.loops = loops;
    this.names = names;
    this.pool =
        new ConnectionPool(loops, settings.maxConnections() + CONNECTION_HEADROOM, nanoClock);
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

  /** An IPv6 address has brackets in a URL and nowhere else. */
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

  /** Uses another password for the proxy, for connections that are opened from now on. */
  public void useProxyPassword(String password) {
    connector.useProxyPassword(password);
  }

  /** Returns the target of requests to an endpoint, to be created once and used often. */
  RequestTarget address(String path, @Nullable String query) {
    return new RequestTarget(baseUrl, path, query);
  }

  /**
   * Posts JSON.
   *
   * @param gate called once, immediately before the first byte is written; false means that nothing
   *     is written
   */
  CompletableFuture<HttpResult> post(RequestTarget target, byte[] json, BooleanSupplier gate) {
    return execute(new Exchange(target, json, gate, requestTimeout, AnswerSize.SMALL));
  }

  CompletableFuture<HttpResult> get(RequestTarget target) {
    return execute(new Exchange(target, null, () -> true, requestTimeout, AnswerSize.SMALL));
  }

  /**
   * Gets, or posts JSON, and keeps the body of the answer. While it runs, one more connection is
   * allowed: a call never takes one of those for messages and tokens.
   *
   * @param json null for a GET
   */
  CompletableFuture<HttpResult> call(RequestTarget target, byte @Nullable [] json) {
    pool.raiseLimit();
    return execute(new Exchange(target, json, () -> true, requestTimeout, AnswerSize.LARGE))
        .whenComplete((result, fault) -> pool.lowerLimit());
  }

  /**
   * Begins the request after the event loop has read everything that arrived, and not in between:
   * the requests of several messages are then created one after the other, which is faster than
   * between two reads (see docs/performance.md).
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

  /**
   * From now on the exchange belongs to the connection's loop; the connection may have closed
   * since.
   */
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

  /**
   * Closes all connections; requests in progress end as written or as not written, as they were.
   */
  @Override
  public void close() {
    pool.close();
    connector.close();
    names.close();
  }
}
