package dev.wxnotify.server.wechat;

import dev.wxnotify.server.token.AccessToken;
import dev.wxnotify.server.token.TokenSource;
import io.netty.channel.EventLoopGroup;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the calls of each app go: to the one address of WeChat, unless the app has its own. Every
 * call that presents a token is made through {@link #route}.
 *
 * <p>Each address has a client, and so connections, of its own; apps with the same address share
 * it. The clients live as long as this object.
 *
 * <p>An app may change from a source of tokens to none, or back, while messages with its old source
 * are under way. These go on where they went: the address of an app without tokens may be one of
 * {@code http://}, where no token may be seen.
 */
public final class WeChatEndpoints implements Routes, AutoCloseable {
  private final WeChatHttpClient.Settings settings;
  private final EventLoopGroup loops;
  private final WeChatHttpClient usual;
  private final Map<URI, WeChatHttpClient> clients = new ConcurrentHashMap<>();

  /** Where calls with a token go. */
  private final Map<String, WeChatHttpClient> withToken = new ConcurrentHashMap<>();

  /** Where calls of apps that need no token go. */
  private final Map<String, WeChatHttpClient> withoutToken = new ConcurrentHashMap<>();

  private final AtomicInteger generation = new AtomicInteger();
  private volatile @Nullable String proxyPassword;

  /**
   * A way to one endpoint of the API, for the token that it was made for.
   *
   * @param target contains the token, and never shows it
   */
  record Route(WeChatHttpClient http, RequestTarget target) {
    /** Posts JSON; as {@link WeChatHttpClient#post}. */
    CompletableFuture<HttpResult> post(byte[] json, BooleanSupplier gate) {
      return http.post(target, json, gate);
    }

    /** Gets, or posts JSON, and keeps the answer; as {@link WeChatHttpClient#call}. */
    CompletableFuture<HttpResult> call(byte @Nullable [] json) {
      return http.call(target, json);
    }
  }

  /**
   * Creates the endpoints; no connection is opened yet.
   *
   * @param settings how to reach WeChat for apps without an address of their own
   * @param loops read and write the connections; they are not closed with this
   */
  public WeChatEndpoints(WeChatHttpClient.Settings settings, EventLoopGroup loops) {
    this.settings = settings;
    this.loops = loops;
    this.usual = new WeChatHttpClient(settings, loops);
  }

  /**
   * Sets where the calls of an app go from now on.
   *
   * @param source where its tokens come from
   * @param baseUrl null for where those of most apps go. Over {@code http://} the egress proxy is
   *     not used: it would see what is sent
   */
  public void use(String appId, TokenSource source, @Nullable URI baseUrl) {
    Map<String, WeChatHttpClient> ofApps = ofApps(source);
    if (baseUrl == null || baseUrl.equals(settings.baseUrl())) {
      ofApps.remove(appId);
    } else {
      ofApps.put(appId, clients.computeIfAbsent(baseUrl, this::client));
    }
    generation.incrementAndGet();
  }

  private Map<String, WeChatHttpClient> ofApps(TokenSource source) {
    return source == TokenSource.NONE ? withoutToken : withToken;
  }

  private WeChatHttpClient client(URI baseUrl) {
    boolean encrypted = "https".equalsIgnoreCase(baseUrl.getScheme());
    WeChatHttpClient client =
        new WeChatHttpClient(
            new WeChatHttpClient.Settings(
                baseUrl,
                encrypted ? settings.proxy() : null,
                settings.connectTimeout(),
                settings.requestTimeout(),
                settings.maxConnections(),
                settings.maxConnectionAge()),
            loops);
    String password = proxyPassword;
    if (encrypted && password != null) {
      client.useProxyPassword(password);
    }
    return client;
  }

  /** Returns the client for the calls of an app with tokens from {@code source}. */
  public WeChatHttpClient of(String appId, TokenSource source) {
    return ofApps(source).getOrDefault(appId, usual);
  }

  @Override
  public int generation() {
    return generation.get();
  }

  @Override
  public Route route(String path, AccessToken token, @Nullable String query) {
    WeChatHttpClient http = of(token.appId(), token.source());
    return new Route(http, http.address(path, TokenQuery.of(token, query)));
  }

  /** Uses another password for the proxy, for connections that are opened from now on. */
  public void useProxyPassword(String password) {
    proxyPassword = password;
    usual.useProxyPassword(password);
    clients.forEach(
        (url, client) -> {
          if ("https".equalsIgnoreCase(url.getScheme())) {
            client.useProxyPassword(password);
          }
        });
  }

  /** Closes all connections, as {@link WeChatHttpClient#close}. */
  @Override
  public void close() {
    usual.close();
    clients.values().forEach(WeChatHttpClient::close);
  }
}
