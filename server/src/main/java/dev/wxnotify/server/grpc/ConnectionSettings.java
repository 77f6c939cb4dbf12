package dev.wxnotify.server.grpc;

import com.sun.management.UnixOperatingSystemMXBean;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What connections may cost the server. Those that operators have a say in are here; the others are
 * fixed.
 *
 * @param most how many there may be at once
 * @param age how long one lives, so that callers spread over replicas that came later; it ends with
 *     a GOAWAY and no call is lost
 * @param ageGrace how long calls and streams of a connection that is past its age may go on
 */
public record ConnectionSettings(int most, Duration age, Duration ageGrace) {
  /** For those who say nothing. */
  public static final ConnectionSettings DEFAULT =
      new ConnectionSettings(10_000, Duration.ofMinutes(30), Duration.ofHours(1));

  /** Calls and streams that one connection may have at once; clients hold back the others. */
  static final int MAX_CALLS = 1_000;

  /**
   * Bytes that a client may send ahead on one stream: four of the largest requests, or some
   * thousand ordinary ones. A window of fixed size needs none of the pings by which gRPC looks for
   * a better one. What the streams hold together is bounded by {@link CallerMemory}: gRPC gives the
   * window of a connection back at once.
   */
  static final int WINDOW = 4 * GrpcServer.MAX_REQUEST;

  /** All headers of one call, as HTTP/2 counts them: 32 bytes for each beside its text. */
  static final int MAX_METADATA = 8 * 1024;

  /**
   * Headers up to this size are read, so that the call is refused in words that every client
   * understands; HTTP/2 itself refuses larger ones with a status of HTTP.
   */
  static final int MAX_METADATA_READ = 4 * MAX_METADATA;

  /**
   * What is read from a connection at once, before others on the same thread have their turn: some
   * dozens of ordinary calls. A flood of frames takes little time from others then.
   */
  static final int READ = 16 * 1024;

  private static final int FIRST_READ = 2 * 1024;
  private static final int SMALLEST_READ = 512;

  /**
   * Calls that a client may cancel, on one connection: far more than the worst honest client, and
   * far fewer than a rapid reset needs to hurt.
   */
  static final int MAX_RESETS = 10_000;

  static final Duration RESETS_WINDOW = Duration.ofSeconds(10);

  /** From the connection to the end of the TLS handshake. */
  static final Duration HANDSHAKE = Duration.ofSeconds(10);

  /** A connection without calls for so long is closed. */
  static final Duration IDLE = Duration.ofMinutes(15);

  /** How often a client may ask whether we are there. */
  static final Duration CLIENT_KEEP_ALIVE = Duration.ofSeconds(10);

  /** How often we ask a silent client whether it is there, and how long it may take to answer. */
  static final Duration KEEP_ALIVE = Duration.ofMinutes(1);

  static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(20);

  /**
   * Returns how many connections this process can have: there must be memory for each, and half of
   * the descriptors is left for WeChat, Redis and files.
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
