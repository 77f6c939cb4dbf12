package dev.wxnotify.server.metrics;

import dev.wxnotify.server.delivery.Readiness;
import dev.wxnotify.server.netty.HttpAnswer;
import dev.wxnotify.server.netty.HttpPort;
import dev.wxnotify.server.netty.HttpRoutes;
import dev.wxnotify.server.netty.Transport;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Answers probes and Prometheus, without TLS, on a port of its own: {@code /livez}, {@code /readyz}
 * and {@code /metrics}; and whatever else the wiring adds to it.
 *
 * <p>Each connection serves one request. Where there are more than {@link #MOST}, the oldest is
 * closed: probes and scrapes take milliseconds, so it is not one of those.
 */
public final class MonitoringServer implements AutoCloseable {
  static final int MAX_LINE = 1024;
  static final int MAX_HEADERS = 8 * 1024;
  static final int MOST = 64;

  /** How long a request may take to arrive, and its answer to be read. */
  static final Duration LIFE = Duration.ofSeconds(10);

  private final HttpPort port;

  /**
   * What else the port has.
   *
   * @param maxBody the longest body of its requests, in bytes
   * @param mostRequests how many of its requests have a body at a time
   * @param streams the bounds of its answers that stay open
   */
  public record Others(
      HttpRoutes routes, int maxBody, int mostRequests, HttpPort.Streams streams) {}

  /** Creates a server for nothing but probes and Prometheus. */
  public MonitoringServer(InetSocketAddress address, Readiness readiness, ServerMeters meters) {
    this(address, readiness, meters, new Others(new NoPages(), 0, 0, HttpPort.Streams.NONE));
  }

  /** Creates the server; {@link #start} binds it. */
  public MonitoringServer(
      InetSocketAddress address, Readiness readiness, ServerMeters meters, Others others) {
    this.port =
        new HttpPort(
            address,
            "wxnotify-monitoring",
            Transport.NIO,
            new HttpPort.Limits(
                MAX_LINE,
                MAX_HEADERS,
                others.maxBody,
                (long) others.maxBody * others.mostRequests,
                MOST,
                LIFE,
                LIFE,
                LIFE,
                others.streams),
            new MonitoringPages(readiness, meters, others.routes));
  }

  private static final class NoPages implements HttpRoutes {
    @Override
    public HttpAnswer answerHead(HttpRequest head) {
      return HttpAnswer.text(
              HttpResponseStatus.NOT_FOUND,
              "not found; the pages are /livez, /readyz and /metrics\n")
          .last();
    }

    @Override
    public CompletionStage<HttpAnswer> answer(HttpRequest head, byte[] body) {
      return CompletableFuture.completedFuture(answerHead(head));
    }
  }

  /** Binds the port and serves. */
  public void start() throws IOException {
    port.start();
  }

  /** Returns the bound port. */
  public int port() {
    return port.port();
  }

  /** Closes the port and all connections. */
  @Override
  public void close() {
    port.close();
  }
}
