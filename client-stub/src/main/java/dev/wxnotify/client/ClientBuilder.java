package dev.wxnotify.client;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.TlsChannelCredentials;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects how a {@link NotificationClient} connects. Not thread-safe.
 *
 * <p>Without further words: TLS with the JVM's trusted certificates, calls spread over all
 * addresses (round robin), a deadline of ten seconds for single calls, which wait that long for a
 * connection.
 */
public final class ClientBuilder {
  private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);

  /** The server takes one every ten seconds. */
  private static final Duration DEFAULT_KEEP_ALIVE = Duration.ofMinutes(1);

  private static final Duration DEFAULT_KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(20);

  private final @Nullable Channel given;
  private final @Nullable String target;
  private final List<InetSocketAddress> servers;

  private ChannelCredentials credentials = TlsChannelCredentials.create();
  private @Nullable Supplier<String> bearerToken;
  private Duration deadline = DEFAULT_DEADLINE;
  private Duration keepAlive = DEFAULT_KEEP_ALIVE;
  private Duration keepAliveTimeout = DEFAULT_KEEP_ALIVE_TIMEOUT;
  private String userAgent = "wxnotify-java/" + version();
  private boolean failFast;
  private @Nullable String authority;
  private Consumer<ManagedChannelBuilder<?>> customizer = builder -> {};
  private boolean changesChannel;

  private ClientBuilder(
      @Nullable Channel given, @Nullable String target, List<InetSocketAddress> servers) {
    this.given = given;
    this.target = target;
    this.servers = servers;
  }

  static ClientBuilder forChannel(Channel channel) {
    return new ClientBuilder(
        Objects.requireNonNull(channel, "channel"), null, new ArrayList<InetSocketAddress>());
  }

  static ClientBuilder forTarget(String target) {
    return new ClientBuilder(
        null, Objects.requireNonNull(target, "target"), new ArrayList<InetSocketAddress>());
  }

  static ClientBuilder forServers(Iterable<String> servers) {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (String server : servers) {
      addresses.add(address(server));
    }
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("servers: none (expected: at least one)");
    }
    return new ClientBuilder(null, StaticAddresses.TARGET, addresses);
  }

  private static InetSocketAddress address(String server) {
    int colon = server.lastIndexOf(':');
    try {
      String host = server.substring(0, Math.max(colon, 0));
      int port = Integer.parseInt(server.substring(colon + 1));
      if (!host.isEmpty()) {
        return InetSocketAddress.createUnresolved(unbracketed(host), port);
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the error, which is the same.
    }
    throw new IllegalArgumentException("server: '" + server + "' (expected: host:port)");
  }

  /** IPv6 addresses are written in brackets before a port. */
  private static String unbracketed(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  /** Connects without TLS: for loopback addresses, and for networks that encrypt by themselves. */
  @CanIgnoreReturnValue
  public ClientBuilder plaintext() {
    return credentials(InsecureChannelCredentials.create());
  }

  /**
   * Connects with these credentials: {@link TlsChannelCredentials} with a company's own root
   * certificates, or with a client certificate for mutual TLS. Default: TLS with the JVM's trusted
   * certificates.
   */
  @CanIgnoreReturnValue
  public ClientBuilder credentials(ChannelCredentials credentials) {
    this.credentials = Objects.requireNonNull(credentials, "credentials");
    changesChannel = true;
    return this;
  }

  /**
   * Sends a token with each call, as {@code authorization: Bearer}. Default: none. On a plaintext
   * connection whoever sees the network sees the token.
   */
  @CanIgnoreReturnValue
  public ClientBuilder bearerToken(String token) {
    Objects.requireNonNull(token, "token");
    return bearerToken(() -> token);
  }

  /**
   * Sends a token that may change.
   *
   * @param token is asked before each call and each stream, on any thread; should it throw, the
   *     call fails as not sent
   */
  @CanIgnoreReturnValue
  public ClientBuilder bearerToken(Supplier<String> token) {
    this.bearerToken = Objects.requireNonNull(token, "token");
    return this;
  }

  /** The deadline of single calls that name none. Default: 10 seconds. */
  @CanIgnoreReturnValue
  public ClientBuilder defaultDeadline(Duration deadline) {
    this.deadline = positive(deadline, "deadline");
    return this;
  }

  /**
   * How a dead connection is found while calls are under way: after {@code time} without a word
   * from the server it is asked for one, and {@code timeout} later the connection is given up.
   * Default: 1 minute and 20 seconds. The server closes connections that ask more often than every
   * 10 seconds; a proxy before it may have a rule of its own.
   */
  @CanIgnoreReturnValue
  public ClientBuilder keepAlive(Duration time, Duration timeout) {
    this.keepAlive = positive(time, "time");
    this.keepAliveTimeout = positive(timeout, "timeout");
    changesChannel = true;
    return this;
  }

  /** The start of the user agent, by which the server's operator knows this program. */
  @CanIgnoreReturnValue
  public ClientBuilder userAgent(String userAgent) {
    this.userAgent = Objects.requireNonNull(userAgent, "userAgent");
    changesChannel = true;
    return this;
  }

  /**
   * The name for which the server's certificate is checked, in place of that in the target. Use it
   * where a list of servers shares one certificate.
   */
  @CanIgnoreReturnValue
  public ClientBuilder authority(String authority) {
    this.authority = Objects.requireNonNull(authority, "authority");
    changesChannel = true;
    return this;
  }

  /** Single calls fail at once where no server is reached, and do not wait until their deadline. */
  @CanIgnoreReturnValue
  public ClientBuilder failFast() {
    this.failFast = true;
    changesChannel = true;
    return this;
  }

  /** Changes whatever else gRPC lets change. It is called last. */
  @CanIgnoreReturnValue
  public ClientBuilder customize(Consumer<ManagedChannelBuilder<?>> customizer) {
    this.customizer = Objects.requireNonNull(customizer, "customizer");
    changesChannel = true;
    return this;
  }

  /**
   * Makes the client. Connections are made when they are needed.
   *
   * @throws IllegalStateException if the client was begun with a channel and then told how to
   *     connect
   */
  public NotificationClient build() {
    CallOptions options = CallOptions.DEFAULT;
    if (bearerToken != null) {
      options = options.withCallCredentials(new BearerToken(bearerToken));
    }
    if (given != null) {
      if (changesChannel) {
        throw new IllegalStateException("connection options cannot be applied to a given channel");
      }
      return new NotificationClient(given, null, options, deadline);
    }
    ManagedChannel made = channel(Objects.requireNonNull(target, "target"));
    return new NotificationClient(made, made, options, deadline);
  }

  private ManagedChannel channel(String target) {
    Map<String, Object> config = ServiceConfig.load(failFast);
    ManagedChannelBuilder<?> builder =
        servers.isEmpty()
            ? Grpc.newChannelBuilder(target, credentials)
            : Grpc.newChannelBuilder(target, credentials, StaticAddresses.registry(servers));
    builder
        .defaultServiceConfig(config)
        .userAgent(userAgent)
        .keepAliveTime(keepAlive.toNanos(), TimeUnit.NANOSECONDS)
        .keepAliveTimeout(keepAliveTimeout.toNanos(), TimeUnit.NANOSECONDS);
    if (authority != null) {
      builder.overrideAuthority(authority);
    }
    customizer.accept(builder);
    return builder.build();
  }

  private static Duration positive(Duration duration, String name) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(name + ": " + duration + " (expected: > 0)");
    }
    return duration;
  }

  private static String version() {
    String version = ClientBuilder.class.getPackage().getImplementationVersion();
    return version == null ? "unversioned" : version;
  }
}
