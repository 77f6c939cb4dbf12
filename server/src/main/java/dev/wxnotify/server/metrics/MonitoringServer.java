package dev.wxnotify.server.metrics;

import dev.wxnotify.server.delivery.Readiness;
import dev.wxnotify.server.netty.HttpPort;
import dev.wxnotify.server.netty.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Answers probes and Prometheus, without TLS, on a port of its own: {@code /livez}, {@code /readyz}
 * and {@code /metrics}.
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

  /** Creates the server; {@link #start} binds it. */
  public MonitoringServer(InetSocketAddress address, Readiness readiness, ServerMeters meters) {
    this.port =
        new HttpPort(
            address,
            "wxnotify-monitoring",
            Transport.NIO,
            new HttpPort.Limits(MAX_LINE, MAX_HEADERS, 0, 0, MOST, LIFE, LIFE, LIFE),
            new MonitoringPages(readiness, meters));
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
