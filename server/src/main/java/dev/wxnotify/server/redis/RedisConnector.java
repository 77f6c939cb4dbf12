package dev.wxnotify.server.redis;

import dev.wxnotify.files.SmallFile;
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
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

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
    RedisUrl url =
        RedisUrl.of(settings.url())
            .orElseThrow(() -> new IllegalArgumentException("the URL is not a Redis URL"));
    List<RedisURI> nodes = url.isCluster() ? nodes(url, settings) : List.of();
    RedisURI single = url.isCluster() ? null : prepared(RedisURI.create(url.text()), url, settings);
    doWithoutRings();
    resources =
        DefaultClientResources.builder().reconnectDelay(Delay.constant(RECONNECT_DELAY)).build();
    if (single == null) {
      RedisClusterClient cluster = cluster(nodes, settings);
      client = cluster;
      connect =
          () ->
              cluster
                  .refreshPartitionsAsync() // Without, it knows no node.
                  .toCompletableFuture()
                  .thenCompose(known -> cluster.connectAsync(StringCodec.UTF8))
                  .thenApply(made -> new Connection(made.async(), made));
    } else {
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

  /** Tells whether {@code url} has one of the forms that are known. */
  static boolean isValid(String url) {
    try {
      Optional<RedisUrl> form = RedisUrl.of(url);
      if (form.isEmpty()) {
        return false;
      }
      return form.get().isCluster()
          ? !RedisClusterURIUtil.toRedisURIs(withoutCluster(url)).isEmpty()
          : RedisURI.create(url) != null;
    } catch (RuntimeException e) {
      return false; // Its text may repeat the URL.
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

  private static URI withoutCluster(String url) {
    return URI.create(url.replaceFirst(CLUSTER, ""));
  }

  private static List<RedisURI> nodes(RedisUrl url, RedisLink.Settings settings) {
    List<RedisURI> nodes = RedisClusterURIUtil.toRedisURIs(withoutCluster(url.text()));
    nodes.forEach(node -> prepared(node, url, settings));
    return nodes;
  }

  private RedisClusterClient cluster(List<RedisURI> nodes, RedisLink.Settings settings) {
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

  private static RedisURI prepared(RedisURI uri, RedisUrl url, RedisLink.Settings settings) {
    // By default a Redis that hangs would be waited for a minute when a connection is made.
    uri.setTimeout(HANDSHAKE_TIMEOUT);
    if (settings.passwordFile() != null) {
      uri.setCredentialsProvider(
          new PasswordFile(url.user().orElse(null), settings.passwordFile()));
    }
    return uri;
  }

  /**
   * Nothing waits for a Redis that is not there: commands fail at once or within the longest of the
   * timeouts; {@link RedisLink} keeps the others.
   */
  private static ClientOptions.Builder common(
      ClientOptions.Builder options, RedisLink.Settings settings) {
    Path ca = settings.caCertificate();
    if (ca != null) { // Read anew for each connection.
      SslOptions.Resource pem = () -> new ByteArrayInputStream(SmallFile.read(ca));
      options.sslOptions(SslOptions.builder().trustManager(pem).build());
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
