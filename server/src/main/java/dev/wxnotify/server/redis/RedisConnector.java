package dev.wxnotify.server.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Connects to Redis in whatever form it runs: standalone and TLS ({@code redis://}, {@code
 * rediss://}), Sentinel ({@code redis-sentinel://host:port,host:port#master}) and Cluster ({@code
 * redis-cluster://host:port,host:port}).
 */
final class RedisConnector implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration RECONNECT_DELAY = Duration.ofMillis(500);
  private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(30);
  private static final Duration ADAPTIVE_REFRESH_PAUSE = Duration.ofSeconds(1);
  private static final int QUEUE = 10_000;
  private static final String CLUSTER = "-cluster";

  private final ClientResources resources;
  private final AbstractRedisClient client;
  private final Supplier<CompletableFuture<Connection>> connect;

  /**
   * A connection, which reconnects by itself when it is cut.
   *
   * @param commands what can be asked
   * @param itself what is closed in the end
   */
  record Connection(
      RedisClusterAsyncCommands<String, String> commands, StatefulConnection<?, ?> itself) {
    /**
     * Tells whether it is connected now; of a cluster's, which has many, only that it is in use.
     */
    boolean isOpen() {
      return itself.isOpen();
    }

    /** Has {@code task} run when it is cut. */
    void whenCut(Runnable task) {
      itself.addListener(
          new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
              task.run();
            }
          });
    }

    /** Closes it in the background. */
    void close() {
      var ignored = itself.closeAsync();
    }
  }

  /**
   * Makes a client that is not connected yet.
   *
   * @throws IllegalArgumentException if the URL is none of Redis
   */
  RedisConnector(RedisLink.Settings settings) {
    String url = settings.url();
    doWithoutRings();
    resources =
        DefaultClientResources.builder().reconnectDelay(Delay.constant(RECONNECT_DELAY)).build();
    URI uri = URI.create(url);
    if (isCluster(uri)) {
      RedisClusterClient cluster = cluster(settings);
      client = cluster;
      connect =
          () ->
              cluster
                  .refreshPartitionsAsync() // Without, it knows no node.
                  .toCompletableFuture()
                  .thenCompose(known -> cluster.connectAsync(StringCodec.UTF8))
                  .thenApply(made -> new Connection(made.async(), made));
    } else {
      RedisURI single = prepared(RedisURI.create(uri), settings);
      RedisClient standalone = RedisClient.create(resources, single);
      standalone.setOptions(common(ClientOptions.builder(), settings).build());
      client = standalone;
      connect =
          () ->
              standalone
                  .connectAsync(StringCodec.UTF8, single)
                  .toCompletableFuture()
                  .thenApply(made -> new Connection(made.async(), made));
    }
  }

  static boolean isValid(String url) {
    try {
      URI uri = URI.create(url);
      if (isCluster(uri)) {
        return !RedisClusterURIUtil.toRedisURIs(withoutCluster(url)).isEmpty();
      }
      RedisURI redis = RedisURI.create(uri);
      return redis.getHost() != null || !redis.getSentinels().isEmpty();
    } catch (RuntimeException e) {
      return false;
    }
  }

  /**
   * Lettuce 7.2 mixes the two up where both io_uring and epoll are there: it opens sockets of the
   * one on the event loops of the other, which fails. Its own switch, which it reads once, leaves
   * epoll.
   */
  private static void doWithoutRings() {
    System.getProperties().putIfAbsent("io.lettuce.core.iouring", "false");
  }

  private static boolean isCluster(URI uri) {
    return uri.getScheme() != null && uri.getScheme().endsWith(CLUSTER);
  }

  private static URI withoutCluster(String url) {
    return URI.create(url.replaceFirst(CLUSTER, ""));
  }

  private RedisClusterClient cluster(RedisLink.Settings settings) {
    List<RedisURI> nodes = RedisClusterURIUtil.toRedisURIs(withoutCluster(settings.url()));
    nodes.forEach(node -> prepared(node, settings));
    RedisClusterClient cluster = RedisClusterClient.create(resources, nodes);
    ClusterClientOptions.Builder options = ClusterClientOptions.builder();
    common(options, settings);
    cluster.setOptions(
        options
            .topologyRefreshOptions(
                ClusterTopologyRefreshOptions.builder()
                    .enablePeriodicRefresh(TOPOLOGY_REFRESH)
                    .adaptiveRefreshTriggersTimeout(ADAPTIVE_REFRESH_PAUSE)
                    .build())
            .build());
    return cluster;
  }

  private static RedisURI prepared(RedisURI uri, RedisLink.Settings settings) {
    // By default a Redis that hangs would be waited for a minute when a connection is made.
    uri.setTimeout(HANDSHAKE_TIMEOUT);
    if (settings.passwordFile() != null) {
      uri.setCredentialsProvider(new PasswordFile(user(settings.url()), settings.passwordFile()));
    }
    return uri;
  }

  /** Returns the user of a URL without a password; null where it names none. */
  private static @Nullable String user(String url) {
    String userInfo = URI.create(url).getUserInfo();
    String user = userInfo == null ? "" : userInfo.replaceFirst(":$", "");
    return user.isEmpty() ? null : user;
  }

  /**
   * Nothing waits for a Redis that is not there: commands fail at once or within the longest of the
   * timeouts; {@link RedisLink} keeps the others.
   */
  private static ClientOptions.Builder common(
      ClientOptions.Builder options, RedisLink.Settings settings) {
    if (settings.caCertificate() != null) {
      options.sslOptions(
          SslOptions.builder().trustManager(settings.caCertificate().toFile()).build());
    }
    return options
        .autoReconnect(true)
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .requestQueueSize(QUEUE)
        .timeoutOptions(TimeoutOptions.enabled(settings.claimTimeout()))
        .socketOptions(
            SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).keepAlive(true).build());
  }

  /** Makes a connection, or fails. */
  CompletableFuture<Connection> connect() {
    try {
      return connect.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    var ignored = resources.shutdown(0, 1, TimeUnit.SECONDS);
  }
}
