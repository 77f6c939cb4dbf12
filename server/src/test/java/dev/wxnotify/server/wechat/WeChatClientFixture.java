package dev.wxnotify.server.wechat;

import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.server.wechat.WeChatTokenIssuer.Endpoint;
import io.netty.channel.EventLoopGroup;
import java.net.URI;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The client under test with its threads. Only this class of these tests knows how to create a
 * client; all others use the gateway and the issuers.
 */
final class WeChatClientFixture implements AutoCloseable {
  /**
   * Long enough that only a mistake makes an exchange end by it, even on a machine that stalls for
   * some seconds, and shorter than a test waits.
   */
  static final Duration LONG = Duration.ofSeconds(20);

  private static final String WANTED = System.getProperty("wxnotify.test.transport", "auto");

  private static final TestThreads LOOPS = new TestThreads();

  private final WeChatHttpClient http;
  private final WeChatMessageGateway gateway;
  private final WeChatApi api;

  /** Returns the transports of this machine, or the one that the build is to test. */
  static Stream<Transport> transports() {
    return Stream.of(Transport.values())
        .filter(transport -> transport.whyNot() == null)
        .filter(transport -> WANTED.equals("auto") || WANTED.equals(transport.label()));
  }

  /**
   * How to create the client.
   *
   * @param transport moves its bytes
   * @param url of the upstream
   * @param proxy an egress proxy; null for none
   * @param requestTimeout the longest time of one exchange
   * @param connections the maximum for messages
   * @param threads the number of its threads
   */
  record Options(
      Transport transport,
      URI url,
      @Nullable URI proxy,
      Duration requestTimeout,
      int connections,
      int threads) {

    /** Returns options of a client with one thread and long timeouts. */
    static Options of(Transport transport, URI url) {
      return new Options(transport, url, null, LONG, 8, 1);
    }

    Options through(URI newProxy) {
      return new Options(transport, url, newProxy, requestTimeout, connections, threads);
    }

    Options within(Duration newTimeout) {
      return new Options(transport, url, proxy, newTimeout, connections, threads);
    }

    Options wide(int newConnections, int newThreads) {
      return new Options(transport, url, proxy, requestTimeout, newConnections, newThreads);
    }
  }

  private WeChatClientFixture(WeChatHttpClient http) {
    this.http = http;
    this.gateway = new WeChatMessageGateway(TestRoutes.by(http));
    this.api = new WeChatApi(TestRoutes.by(http));
  }

  static WeChatClientFixture open(Options options) {
    EventLoopGroup loops = LOOPS.of(options.transport(), options.threads());
    return new WeChatClientFixture(
        new WeChatHttpClient(
            new WeChatHttpClient.Settings(
                options.url(),
                proxy(options.proxy()),
                LONG,
                options.requestTimeout(),
                options.connections(),
                Duration.ofHours(1)),
            loops));
  }

  private static @Nullable EgressProxy proxy(@Nullable URI url) {
    return url == null ? null : new EgressProxy(url.getHost(), url.getPort(), null);
  }

  /** Returns the gateway that sends all messages of all apps. */
  WeChatMessageGateway gateway() {
    return gateway;
  }

  WeChatTokenIssuer issuer(Endpoint endpoint, String appId) {
    return new WeChatTokenIssuer(http, endpoint, appId, () -> new AppSecret("secret-of-" + appId));
  }

  /** Returns the calls of WeChat's other APIs. */
  WeChatApi api() {
    return api;
  }

  @Override
  public void close() {
    http.close();
  }
}
