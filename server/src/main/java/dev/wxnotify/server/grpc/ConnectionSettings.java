package dev.wxnotify.server.grpc;

import com.sun.management.UnixOperatingSystemMXBean;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What connections may cost the server. The values that operators can configure are here; the
 * others are fixed.
 *
 * @param most the maximum number at the same time
 * @param age the lifetime of a connection, so that callers spread over replicas that were added
 *     later; it ends with a GOAWAY and no call is lost
 * @param ageGrace how long calls and streams of a connection may continue after its lifetime
 */
public record ConnectionSettings(int most, Duration age, Duration ageGrace) {
  /** The defaults. */
  public static final ConnectionSettings DEFAULT =
      new ConnectionSettings(10_000, Duration.ofMinutes(30), Duration.ofHours(1));

  /**
   * Calls and streams that one connection may have at the same time; clients hold back the others.
   */
  static final int MAX_CALLS = 1_000;

  /**
   * Bytes that a client may send ahead on one stream: four of the largest requests, or some
   * thousand ordinary ones. A window of fixed size needs none of the pings with which gRPC searches
   * for a better one. {@link CallerMemory} bounds what the streams hold together: gRPC returns the
   * window of a connection immediately.
   */
  static final int WINDOW = 4 * GrpcServer.MAX_REQUEST;

  /** All headers of one call, as HTTP/2 counts them: 32 bytes for each in addition to its text. */
  static final int MAX_METADATA = 8 * 1024;

  /**
   * Headers up to this size are read, so that the call is rejected with an error that every client
   * understands; HTTP/2 itself rejects larger ones with an HTTP status.
   */
  static final int MAX_METADATA_READ = 4 * MAX_METADATA;

  /**
   * The bytes that are read from a connection in one turn, before others on the same thread have
   * theirs: some dozens of ordinary calls. So a flood of frames takes little time from others.
   */
  static final int READ = 16 * 1024;

  private static final int FIRST_READ = 2 * 1024;
  private static final int SMALLEST_READ = 512;

  /**
   * Calls that a client may cancel on one connection: far more than the worst legitimate client,
   * and far fewer than a harmful rapid reset needs.
   */
  static final int MAX_RESETS = 10_000;

  static final Duration RESETS_WINDOW = Duration.ofSeconds(10);

  /** From the connection to the end of the TLS handshake. */
  static final Duration HANDSHAKE = Duration.ofSeconds(10);

  /** A connection without calls for this time is closed. */
  static final Duration IDLE = Duration.ofMinutes(15);

  /** How often a client may send a keep-alive ping. */
  static final Duration CLIENT_KEEP_ALIVE = Duration.ofSeconds(10);

  /** How often the server pings a silent client, and how long the client may take to answer. */
  static final Duration KEEP_ALIVE = Duration.ofMinutes(1);

  static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(20);

  /**
   * Returns the maximum number of connections of this process: there must be memory for each, and
   * half of the descriptors are left for WeChat, Redis and files.
   */
  int mostOfThisProcess() {
    int possible = Math.min(most, CallerMemory.mostConnections());
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? (int) Math.min(possible, unix.getMaxFileDescriptorCount() / 2)
        : possible;
  }

  void applyTo(NettyServerBuilder builder) {
    builder
        .maxConnectionAge(age.toMillis(), TimeUnit.MILLISECONDS)
        .maxConnectionAgeGrace(ageGrace.toMillis(), TimeUnit.MILLISECONDS)
        .maxConcurrentCallsPerConnection(MAX_CALLS)
        .maxInboundMetadataSize(MAX_METADATA_READ)
        .withChildOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator(SMALLEST_READ, FIRST_READ, READ).maxMessagesPerRead(1))
        .flowControlWindow(WINDOW)
        .maxRstFramesPerWindow(MAX_RESETS, (int) RESETS_WINDOW.toSeconds())
        .handshakeTimeout(HANDSHAKE.toMillis(), TimeUnit.MILLISECONDS)
        .maxConnectionIdle(IDLE.toMillis(), TimeUnit.MILLISECONDS)
        .permitKeepAliveTime(CLIENT_KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
        .permitKeepAliveWithoutCalls(true)
        .keepAliveTime(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
