package dev.wxnotify.server.wechat;

import static org.asynchttpclient.Dsl.asyncHttpClient;
import static org.asynchttpclient.Dsl.config;

import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.util.AsciiString;
import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLEngine;
import org.asynchttpclient.AsyncHttpClient;
import org.asynchttpclient.AsyncHttpClientConfig;
import org.asynchttpclient.DefaultAsyncHttpClientConfig;
import org.asynchttpclient.RequestBuilder;
import org.asynchttpclient.netty.channel.DefaultChannelPool;
import org.asynchttpclient.proxy.ProxyServer;
import org.asynchttpclient.uri.Uri;
import org.jspecify.annotations.Nullable;

/**
 * The connections to WeChat: asynchronous, pooled and bounded, HTTP/1.1 with keep-alive. Every
 * request goes out at most once; nothing is repeated, redirected or remembered behind our back.
 */
public final class WeChatHttpClient implements AutoCloseable {
  /** Below the keep-alive of common web servers, so that it is we who close an idle connection. */
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(20);

  private static final Duration CONNECTION_LIFE = Duration.ofMinutes(10);

  /** How often the pool looks for connections that are past the one or the other. */
  private static final Duration CLEANER_PERIOD = Duration.ofSeconds(1);

  /**
   * For token calls, and for connections that are still being closed when their permit is given
   * back.
   */
  private static final int CONNECTION_HEADROOM = 32;

  private static final AsciiString JSON = AsciiString.cached("application/json; charset=utf-8");

  /** Addresses are made encoded, once; the client need not look through them for each request. */
  private static final boolean ENCODED = true;

  /** Nor through the headers, which are ours. */
  private static final boolean VALIDATE_HEADERS = false;

  private final AsyncHttpClient client;
  private final HashedWheelTimer timer =
      new HashedWheelTimer(new DefaultThreadFactory("wechat-timer", true));
  private final EventLoopGroup loops;
  private final URI baseUrl;

  /**
   * Settings.
   *
   * @param baseUrl where WeChat is, without a path
   * @param proxy an egress proxy for CONNECT; null for none
   * @param connectTimeout the longest time to make a connection
   * @param requestTimeout the longest time from the start of a request to the end of its answer
   * @param maxConnections the most connections that messages use
   */
  public record Settings(
      URI baseUrl,
      @Nullable URI proxy,
      Duration connectTimeout,
      Duration requestTimeout,
      int maxConnections) {}

  /**
   * Opens no connection yet.
   *
   * @param loops read and write the connections; they are not closed with the client
   */
  public WeChatHttpClient(Settings settings, EventLoopGroup loops) {
    this.loops = loops;
    this.baseUrl = settings.baseUrl();
    DefaultAsyncHttpClientConfig.Builder config =
        config()
            .setEventLoopGroup(loops)
            .setNettyTimer(timer)
            .setChannelPool(
                new ConnectionPool(
                    loops,
                    () ->
                        new DefaultChannelPool(
                            IDLE_TIMEOUT, CONNECTION_LIFE, timer, CLEANER_PERIOD)))
            .setConnectTimeout(settings.connectTimeout())
            .setRequestTimeout(settings.requestTimeout())
            .setReadTimeout(Duration.ofMillis(-1))
            .setMaxConnectionsPerHost(settings.maxConnections() + CONNECTION_HEADROOM)
            .setKeepAlive(true)
            .setHttp2Enabled(false)
            .setMaxRequestRetry(0)
            .setFollowRedirect(false)
            .setCookieStore(null)
            .setCompressionEnforced(false)
            .setEnableAutomaticDecompression(false)
            .setUserAgent("wxnotify")
            .setHttpAdditionalChannelInitializer(
                connection -> connection.pipeline().addFirst(new FlushTogether()));
    if ("https".equalsIgnoreCase(baseUrl.getScheme())) {
      config.setUseOpenSsl(OpenSsl.isAvailable());
    } else {
      config.setSslEngineFactory(WeChatHttpClient::noEncryption);
    }
    URI proxy = settings.proxy();
    if (proxy != null) {
      config.setProxyServer(new ProxyServer.Builder(proxy.getHost(), proxy.getPort()).build());
    }
    this.client = asyncHttpClient(config);
  }

  /** Stands in for what makes TLS, which takes a tenth of the server's start to load. */
  private static SSLEngine noEncryption(AsyncHttpClientConfig config, String host, int port) {
    throw new IllegalStateException("WeChat's address is not an https one");
  }

  /** Returns the address of an endpoint, to be made once and used often. */
  Uri address(String path, @Nullable String query) {
    return new Uri(
        baseUrl.getScheme(), null, baseUrl.getHost(), baseUrl.getPort(), path, query, null);
  }

  /**
   * Posts JSON.
   *
   * @param gate asked once, right before the first byte is written; false means that nothing is
   *     written
   */
  CompletableFuture<HttpResult> post(Uri address, byte[] json, BooleanSupplier gate) {
    return execute(
        new RequestBuilder("POST", ENCODED, VALIDATE_HEADERS)
            .setUri(address)
            .setHeader(HttpHeaderNames.CONTENT_TYPE, JSON)
            .setBody(json),
        gate);
  }

  CompletableFuture<HttpResult> get(Uri address) {
    return execute(
        new RequestBuilder("GET", ENCODED, VALIDATE_HEADERS).setUri(address), () -> true);
  }

  /**
   * Begins the request when the event loop has read all that came in, and not in the midst of that:
   * the requests of several messages are then made one after the other, which is faster than each
   * between the reading of two (see docs/performance.md).
   */
  private CompletableFuture<HttpResult> execute(RequestBuilder request, BooleanSupplier gate) {
    ExchangeHandler handler = new ExchangeHandler(gate);
    try {
      loops.next().execute(() -> begin(request, handler));
    } catch (RejectedExecutionException e) {
      handler.onThrowable(e);
    }
    return handler.result();
  }

  private void begin(RequestBuilder request, ExchangeHandler handler) {
    try {
      var ignored = client.executeRequest(request, handler);
    } catch (RuntimeException e) {
      handler.onThrowable(e);
    }
  }

  /** Closes all connections, under way or not. */
  @Override
  public void close() throws java.io.IOException {
    client.close();
    timer.stop();
  }
}
