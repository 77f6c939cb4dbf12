package dev.wxnotify.server;

import dev.wxnotify.server.config.ServerSettings;
import dev.wxnotify.server.config.TokenSettings;
import dev.wxnotify.server.redis.RedisLink;
import dev.wxnotify.server.redis.RedisTokenStore;
import dev.wxnotify.server.redis.RedisTokens;
import dev.wxnotify.server.token.InMemoryTokenStore;
import dev.wxnotify.server.token.TokenCache;
import dev.wxnotify.server.token.TokenListener;
import dev.wxnotify.server.token.TokenPolicy;
import dev.wxnotify.server.token.TokenReader;
import dev.wxnotify.server.token.TokenSource;
import dev.wxnotify.server.token.TokenStore;
import dev.wxnotify.server.wechat.AppSecret;
import dev.wxnotify.server.wechat.CloudbaseTokenFile;
import dev.wxnotify.server.wechat.UrlTokenReader;
import dev.wxnotify.server.wechat.WeChatEndpoints;
import dev.wxnotify.server.wechat.WeChatHttpClient;
import dev.wxnotify.server.wechat.WeChatTokenIssuer;
import io.netty.channel.EventLoopGroup;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the token cache of each app, by where its token comes from. What reads from one place (a
 * client of one host, a connection to one Redis) is shared by the apps that need it, and lives as
 * long as this object.
 */
final class TokenSources implements AutoCloseable {
  /** A look at a file or a key costs next to nothing; what was missing is found soon. */
  private static final Duration LONGEST_LOCAL_PAUSE = Duration.ofSeconds(1);

  private static final Duration LONGEST_REDIS_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_URL_PAUSE = Duration.ofSeconds(30);

  private final ServerSettings settings;
  private final WeChatEndpoints endpoints;
  private final @Nullable RedisLink redis;
  private final EventLoopGroup loops;
  private final InstantSource clock;
  private final ScheduledExecutorService timer;
  private final DoubleSupplier random;
  private final TokenListener listener;
  private final Map<URI, WeChatHttpClient> hosts = new ConcurrentHashMap<>();
  private final Map<RedisLink.Settings, RedisTokens> stores = new ConcurrentHashMap<>();

  /** Its thread begins with the first file. */
  private final ExecutorService fileReader =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "wxnotify-token-file");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Makes no cache yet.
   *
   * @param redis what replicas share the tokens through that WeChat issues; null for nothing
   * @param loops read and write connections; they are not closed with this
   */
  TokenSources(
      ServerSettings settings,
      WeChatEndpoints endpoints,
      @Nullable RedisLink redis,
      EventLoopGroup loops,
      InstantSource clock,
      ScheduledExecutorService timer,
      DoubleSupplier random,
      TokenListener listener) {
    this.settings = settings;
    this.endpoints = endpoints;
    this.redis = redis;
    this.loops = loops;
    this.clock = clock;
    this.timer = timer;
    this.random = random;
    this.listener = listener;
  }

  /**
   * Makes the cache of one app; whoever has it closes it.
   *
   * @param secret by which the source is asked; looked at each time, since secrets change
   */
  TokenCache cacheOf(ServerSettings.AppSettings app, Supplier<String> secret) {
    String appId = app.appId();
    TokenSettings token = app.token();
    TokenSource source = token.source();
    if (token instanceof TokenSettings.FromUrl from) {
      return fromUrl(appId, from, secret);
    } else if (token instanceof TokenSettings.FromRedis from) {
      RedisTokens tokens = stores.computeIfAbsent(from.redis(), at -> new RedisTokens(at, timer));
      return reading(appId, source, tokens.reader(from.key()), LONGEST_REDIS_PAUSE);
    } else if (token instanceof TokenSettings.FromCloudbase from) {
      return reading(
          appId,
          source,
          new CloudbaseTokenFile(from.file(), fileReader, clock),
          LONGEST_LOCAL_PAUSE);
    } else if (token instanceof TokenSettings.FromWeChat) {
      return fromWeChat(appId, secret);
    }
    return TokenCache.notNeeded(appId, settings.tokenCallsPerHour(), clock, timer);
  }

  private TokenCache reading(
      String appId, TokenSource source, TokenReader reader, Duration longestPause) {
    return TokenCache.reading(
        appId,
        source,
        reader,
        longestPause,
        settings.tokenCallsPerHour(),
        clock,
        timer,
        random,
        listener);
  }

  private TokenCache fromUrl(String appId, TokenSettings.FromUrl from, Supplier<String> bearer) {
    WeChatHttpClient host = hosts.computeIfAbsent(from.url().resolve("/"), this::client);
    return reading(
        appId, from.source(), new UrlTokenReader(host, from.url(), bearer), LONGEST_URL_PAUSE);
  }

  private TokenCache fromWeChat(String appId, Supplier<String> secret) {
    WeChatTokenIssuer.Endpoint endpoint = settings.tokenEndpoint();
    return new TokenCache(
        appId,
        new WeChatTokenIssuer(
            endpoints.of(appId, TokenSource.WECHAT),
            endpoint,
            appId,
            () -> new AppSecret(secret.get())),
        store(appId, endpoint),
        TokenPolicy.DEFAULT,
        settings.tokenCallsPerHour(),
        clock,
        timer,
        random,
        listener);
  }

  private TokenStore store(String appId, WeChatTokenIssuer.Endpoint endpoint) {
    return redis == null
        ? new InMemoryTokenStore(clock)
        : new RedisTokenStore(redis, appId, endpoint.name().toLowerCase(Locale.ROOT), clock);
  }

  /** Goes there directly, and not through the proxy, which is the way to WeChat. */
  private WeChatHttpClient client(URI host) {
    WeChatHttpClient.Settings weChat = settings.weChat();
    return new WeChatHttpClient(
        new WeChatHttpClient.Settings(
            host,
            null,
            weChat.connectTimeout(),
            weChat.requestTimeout(),
            1,
            weChat.maxConnectionAge()),
        loops);
  }

  @Override
  public void close() {
    hosts.values().forEach(WeChatHttpClient::close);
    stores.values().forEach(RedisTokens::close);
    fileReader.shutdownNow();
  }
}
