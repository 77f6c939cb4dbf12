package dev.wxnotify.server;

import dev.wxnotify.server.ServerSettings.AppSettings;
import dev.wxnotify.server.ServerSettings.TlsFiles;
import dev.wxnotify.server.delivery.SeckillTemplate;
import dev.wxnotify.server.grpc.GrpcServer;
import dev.wxnotify.server.redis.RedisLink;
import dev.wxnotify.server.wechat.AppSecret;
import dev.wxnotify.server.wechat.WeChatHttpClient;
import dev.wxnotify.server.wechat.WeChatTokenIssuer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * Checks the configuration and turns it into settings. It collects mistakes instead of stopping at
 * the first.
 */
final class SettingsReader {
  private static final int MAX_PORT = 65_535;

  private final List<String> mistakes = new ArrayList<>();

  private SettingsReader() {}

  static ServerSettings read(ServerConfig config) throws ConfigurationException {
    SettingsReader reader = new SettingsReader();
    ServerSettings settings = reader.settings(config);
    if (settings == null || !reader.mistakes.isEmpty()) {
      throw new ConfigurationException(reader.mistakes);
    }
    return settings;
  }

  private @Nullable ServerSettings settings(ServerConfig config) {
    GrpcSettingsReader grpcReader =
        new GrpcSettingsReader(config.grpc(), appIds(config.apps()), this::mistake);
    TlsFiles tlsFiles = grpcReader.tlsFiles();
    GrpcServer.Settings grpc =
        grpcReader.settings(tlsFiles == null ? null : grpcReader.tls(tlsFiles));
    InetSocketAddress monitoringAddress = monitoringAddress(config.monitoring());
    WeChatHttpClient.Settings weChat = weChat(config.weChat());
    WeChatTokenIssuer.Endpoint endpoint = endpoint(config.weChat().tokenEndpoint());
    atLeast("wxnotify.grpc.max-in-flight", config.grpc().maxInFlight(), 2);
    atLeast("wxnotify.wechat.token-calls-per-hour", config.weChat().tokenCallsPerHour(), 1);
    atLeast("wxnotify.ledger.max-entries", config.ledger().maxEntries(), 1);
    positive("wxnotify.shutdown.grace", config.shutdown().grace());
    List<AppSettings> apps = apps(config.apps());
    RedisLink.Settings redis = redis(config.redis());
    Logs.Settings log = log(config.log());
    if (grpc == null || monitoringAddress == null || weChat == null) {
      return null;
    }
    return new ServerSettings(
        grpc,
        tlsFiles,
        monitoringAddress,
        config.grpc().maxInFlight(),
        weChat,
        endpoint,
        config.weChat().tokenCallsPerHour(),
        apps,
        config.ledger().maxEntries(),
        redis,
        config.shutdown().grace(),
        log);
  }

  private Logs.Settings log(ServerConfig.Log log) {
    return new Logs.Settings(
        oneOf("wxnotify.log.format", log.format(), Logs.Format.PLAIN),
        oneOf("wxnotify.log.level", log.level(), Level.INFO));
  }

  /** Reads a value of an enum, in any letter case. */
  private <E extends Enum<E>> E oneOf(String key, String text, E otherwise) {
    for (E value : otherwise.getDeclaringClass().getEnumConstants()) {
      if (value.name().equalsIgnoreCase(text.strip())) {
        return value;
      }
    }
    mistake(
        key,
        text
            + " (expected: one of "
            + Arrays.toString(otherwise.getDeclaringClass().getEnumConstants())
            + ")");
    return otherwise;
  }

  private @Nullable InetSocketAddress monitoringAddress(ServerConfig.Monitoring monitoring) {
    boolean isPort = isPort("wxnotify.monitoring.port", monitoring.port());
    try {
      InetAddress address = InetAddress.getByName(monitoring.host());
      return isPort ? new InetSocketAddress(address, monitoring.port()) : null;
    } catch (UnknownHostException e) {
      mistake("wxnotify.monitoring.host", monitoring.host() + " is not a known host");
      return null;
    }
  }

  private boolean isPort(String key, int port) {
    boolean isPort = port >= 0 && port <= MAX_PORT;
    if (!isPort) {
      mistake(key, port + " (expected: 0 to " + MAX_PORT + ")");
    }
    return isPort;
  }

  private WeChatHttpClient.@Nullable Settings weChat(ServerConfig.WeChat weChat) {
    URI baseUrl = baseUrl(weChat.baseUrl());
    URI proxy = weChat.proxy().map(this::proxy).orElse(null);
    if (proxy != null && baseUrl != null && baseUrl.getScheme().equalsIgnoreCase("http")) {
      mistake(
          "wxnotify.wechat.proxy",
          "is for https only: over http the proxy would see the AppSecret");
    }
    positive("wxnotify.wechat.connect-timeout", weChat.connectTimeout());
    positive("wxnotify.wechat.request-timeout", weChat.requestTimeout());
    atLeast("wxnotify.wechat.max-connections", weChat.maxConnections(), 2);
    return baseUrl == null
        ? null
        : new WeChatHttpClient.Settings(
            baseUrl,
            proxy,
            weChat.connectTimeout(),
            weChat.requestTimeout(),
            weChat.maxConnections());
  }

  /** The AppSecret travels on this connection: without TLS it may not leave the machine. */
  private @Nullable URI baseUrl(String text) {
    String key = "wxnotify.wechat.base-url";
    URI url = uri(text);
    if (url == null
        || url.getHost() == null
        || !(url.getPath().isEmpty() || url.getPath().equals("/"))
        || url.getRawQuery() != null
        || url.getRawUserInfo() != null) {
      mistake(key, "expected: https://host[:port] without a path");
      return null;
    }
    String scheme = url.getScheme().toLowerCase(Locale.ROOT);
    if (scheme.equals("http") && !isLoopback(url.getHost())) {
      mistake(key, "http is for loopback addresses only, since the AppSecret travels on it");
      return null;
    }
    if (!scheme.equals("http") && !scheme.equals("https")) {
      mistake(key, scheme + " is not a known scheme (expected: https)");
      return null;
    }
    return url;
  }

  /** The URL is not repeated in the mistake: there may be a password in it. */
  private RedisLink.@Nullable Settings redis(ServerConfig.Redis redis) {
    positive("wxnotify.redis.command-timeout", redis.commandTimeout());
    if (redis.url().isEmpty()) {
      return null;
    }
    String url = redis.url().get().strip();
    if (!RedisLink.isValidUrl(url)) {
      mistake(
          "wxnotify.redis.url",
          "expected: redis://, redis-sentinel://host:port,host:port#master or"
              + " redis-cluster://host:port,host:port, or with rediss for TLS");
      return null;
    }
    return new RedisLink.Settings(
        url,
        redisPassword(redis, url),
        redis.keyPrefix(),
        redis.commandTimeout(),
        redisCa(redis, url));
  }

  private @Nullable Path redisPassword(ServerConfig.Redis redis, String url) {
    if (redis.passwordFile().isEmpty()) {
      return null;
    }
    String key = "wxnotify.redis.password-file";
    String file = redis.passwordFile().get().strip();
    if (RedisLink.hasPassword(url)) {
      mistake(key, "expected: no password in wxnotify.redis.url, or no file");
    }
    String password = fromFile(key, file);
    if (password == null) {
      return null;
    }
    if (password.isBlank()) {
      mistake(key, "is empty");
    }
    return Path.of(file);
  }

  private @Nullable Path redisCa(ServerConfig.Redis redis, String url) {
    if (redis.caCertificate().isEmpty()) {
      return null;
    }
    String key = "wxnotify.redis.ca-certificate";
    if (!url.startsWith("rediss")) {
      mistake(key, "is for TLS only: rediss://, rediss-sentinel:// or rediss-cluster://");
      return null;
    }
    try (InputStream in = Files.newInputStream(Path.of(redis.caCertificate().get().strip()))) {
      if (!CertificateFactory.getInstance("X.509").generateCertificates(in).isEmpty()) {
        return Path.of(redis.caCertificate().get().strip());
      }
    } catch (IOException | InvalidPathException e) {
      mistake(key, "cannot be read: " + redis.caCertificate().get());
      return null;
    } catch (CertificateException e) {
      // Said below.
    }
    mistake(key, redis.caCertificate().get() + " (expected: a PEM file of certificates)");
    return null;
  }

  private @Nullable URI proxy(String text) {
    URI url = uri(text);
    if (url == null
        || !"http".equals(url.getScheme())
        || url.getHost() == null
        || url.getPort() < 1) {
      mistake("wxnotify.wechat.proxy", "expected: http://host:port");
      return null;
    }
    return url;
  }

  private static @Nullable URI uri(String text) {
    try {
      URI uri = new URI(text.strip());
      return uri.getScheme() == null ? null : uri;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** By its form and not by asking DNS, whose answer may be another one later. */
  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
  }

  private WeChatTokenIssuer.Endpoint endpoint(String text) {
    return switch (text) {
      case "stable" -> WeChatTokenIssuer.Endpoint.STABLE;
      case "classic" -> WeChatTokenIssuer.Endpoint.CLASSIC;
      default -> {
        mistake("wxnotify.wechat.token-endpoint", text + " (expected: stable or classic)");
        yield WeChatTokenIssuer.Endpoint.STABLE;
      }
    };
  }

  private static Map<String, String> appIds(Map<String, ServerConfig.AppConfig> configs) {
    Map<String, String> ids = new HashMap<>();
    configs.forEach((name, config) -> ids.put(name, config.appId().orElse("").strip()));
    return ids;
  }

  private List<AppSettings> apps(Map<String, ServerConfig.AppConfig> configs) {
    if (configs.isEmpty()) {
      mistake(
          "wxnotify.apps",
          "there is none (expected: wxnotify.apps.NAME.app-id and wxnotify.apps.NAME.app-secret)");
    }
    List<AppSettings> apps = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    configs.forEach(
        (name, config) -> {
          String key = "wxnotify.apps." + name;
          String appId = config.appId().orElse("").strip();
          if (appId.isEmpty()) {
            mistake(key + ".app-id", "is required");
          } else if (!appId.matches("[A-Za-z0-9_-]{1,64}")) {
            mistake(key + ".app-id", "is not an AppID");
          } else if (!ids.add(appId)) {
            mistake(key + ".app-id", appId + " is configured twice");
          }
          AppSecret secret = secret(key, config);
          if (secret != null) {
            apps.add(
                new AppSettings(
                    appId,
                    secret,
                    config.appSecretFile().map(Path::of).orElse(null),
                    config.isDefault() || configs.size() == 1,
                    seckill(key, config.seckill())));
          }
        });
    if (configs.values().stream().filter(ServerConfig.AppConfig::isDefault).count() > 1) {
      mistake("wxnotify.apps", "more than one app has default=true");
    }
    return apps;
  }

  private @Nullable AppSecret secret(String key, ServerConfig.AppConfig config) {
    if (config.appSecret().isPresent() == config.appSecretFile().isPresent()) {
      mistake(key, "expected: exactly one of app-secret and app-secret-file");
      return null;
    }
    String text =
        config.appSecret().isPresent()
            ? config.appSecret().get()
            : fromFile(key + ".app-secret-file", config.appSecretFile().orElseThrow());
    if (text == null) {
      return null;
    }
    if (text.isBlank()) {
      mistake(key + ".app-secret", "is empty");
      return null;
    }
    return new AppSecret(text.strip());
  }

  private @Nullable String fromFile(String key, String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException | InvalidPathException e) {
      mistake(key, "cannot be read: " + file);
      return null;
    }
  }

  private SeckillTemplate seckill(String key, ServerConfig.Seckill seckill) {
    keyword(key + ".seckill.goods-keyword", seckill.goodsKeyword());
    keyword(key + ".seckill.time-keyword", seckill.timeKeyword());
    keyword(key + ".seckill.note-keyword", seckill.noteKeyword());
    Set<String> keywords =
        new HashSet<>(
            List.of(seckill.goodsKeyword(), seckill.timeKeyword(), seckill.noteKeyword()));
    if (keywords.size() < 3) {
      mistake(key + ".seckill", "the three keywords must differ");
    }
    if (seckill.page().isBlank() || seckill.page().contains("?")) {
      mistake(key + ".seckill.page", "expected: a page without query");
    }
    return new SeckillTemplate(
        seckill.page(),
        seckill.templateId().orElse(""),
        seckill.goodsKeyword(),
        seckill.timeKeyword(),
        seckill.noteKeyword(),
        seckill.note());
  }

  private void keyword(String key, String keyword) {
    if (!keyword.matches("[a-z_]+[0-9]+")) {
      mistake(key, keyword + " is not a keyword of a template (expected: such as thing1)");
    }
  }

  private void atLeast(String key, long value, long least) {
    if (value < least) {
      mistake(key, value + " (expected: >= " + least + ")");
    }
  }

  private void positive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      mistake(key, value + " (expected: more than nothing)");
    }
  }

  private void mistake(String key, String text) {
    mistakes.add(key + ": " + text);
  }
}
