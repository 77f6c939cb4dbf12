package dev.wxnotify.server;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Every key of the configuration with its default. A method's name is its key in kebab case; the
 * environment variable is the key in upper case with underscores: {@code wxnotify.grpc.port} is
 * {@code WXNOTIFY_GRPC_PORT}.
 */
@ConfigMapping(prefix = "wxnotify")
interface ServerConfig {

  /** The gRPC port. */
  Grpc grpc();

  /** The port for probes and Prometheus. */
  Monitoring monitoring();

  /** WeChat's API. */
  @WithName("wechat")
  WeChat weChat();

  /** The Mini Programs, by a name of the operator's choice. */
  Map<String, AppConfig> apps();

  /** The memory of request ids. */
  Ledger ledger();

  /** What the replicas of a fleet share. */
  Redis redis();

  /** How sockets are read and written. */
  Io io();

  /** How the server stops. */
  Shutdown shutdown();

  /** What is logged, and how. */
  Log log();

  /** {@code wxnotify.grpc}. */
  interface Grpc {
    /** The address to listen on. */
    @WithDefault("127.0.0.1")
    String host();

    /** The port to listen on; 0 for any free one. */
    @WithDefault("9090")
    int port();

    /** The most messages that are worked on at once. */
    @WithDefault("1000")
    int maxInFlight();

    /** Whether callers may ask for the contract. */
    @WithDefault("true")
    boolean reflection();

    /**
     * Whether those who show no credentials may send. Without, a server that knows no callers
     * listens on loopback addresses only.
     */
    @WithDefault("false")
    boolean allowAnonymous();

    /** The server's certificate. */
    Tls tls();

    /** Who may call, by a name of the operator's choice. */
    Map<String, CallerConfig> callers();

    /** The most connections at once. */
    @WithDefault("10000")
    int maxConnections();

    /** How long a connection lives. */
    @WithDefault("30m")
    Duration maxConnectionAge();

    /** How long calls of a connection that is past its age may go on. */
    @WithDefault("1h")
    Duration maxConnectionAgeGrace();
  }

  /** {@code wxnotify.grpc.tls}. */
  interface Tls {
    /** A PEM file of the certificate and those above it; absent for plaintext. */
    Optional<String> certificate();

    /** A PEM file of its key. */
    Optional<String> privateKey();

    /** A PEM file of the certificates that sign those of clients, which must have one then. */
    Optional<String> clientCa();
  }

  /** {@code wxnotify.grpc.callers.NAME}. */
  interface CallerConfig {
    /** The SHA-256 of its bearer token, in hexadecimal digits; several while tokens change. */
    @WithName("token-sha256")
    Optional<List<String>> tokenSha256();

    /** The names in client certificates that are its own. */
    Optional<List<String>> certificateNames();

    /** The names of the apps that it may use; {@code *} for all. */
    @WithDefault("*")
    List<String> apps();

    /** The most messages of it that are worked on at once; absent for no limit of its own. */
    OptionalInt maxInFlight();

    /** The most messages of it that begin in a second; absent for no limit of its own. */
    OptionalInt maxPerSecond();

    /** Whether it may call the operator's service. */
    @WithDefault("false")
    boolean operator();
  }

  /** {@code wxnotify.monitoring}. */
  interface Monitoring {
    /** The address to listen on. */
    @WithDefault("127.0.0.1")
    String host();

    /** The port to listen on; 0 for any free one. */
    @WithDefault("9464")
    int port();
  }

  /** {@code wxnotify.wechat}. */
  interface WeChat {
    /** Where WeChat is. */
    @WithDefault("https://api.weixin.qq.com")
    String baseUrl();

    /** An egress proxy, {@code http://[user:password@]host:port}, percent-encoded. */
    Optional<String> proxy();

    /** A file of the proxy's password, which is not in the URL then. */
    Optional<String> proxyPasswordFile();

    /** Which endpoint issues tokens: {@code stable} or {@code classic}. */
    @WithDefault("stable")
    String tokenEndpoint();

    /** The most token calls of any hour, for each app. */
    @WithDefault("150")
    int tokenCallsPerHour();

    /** The longest time to make a connection. */
    @WithDefault("2s")
    Duration connectTimeout();

    /** The longest time from the start of a request to the end of its answer. */
    @WithDefault("5s")
    Duration requestTimeout();

    /** The most messages that are on their way to WeChat at once. */
    @WithDefault("512")
    int maxConnections();

    /** How long a connection is used at most, so that a changed address is followed. */
    @WithDefault("5m")
    Duration maxConnectionAge();
  }

  /** {@code wxnotify.apps.NAME}. */
  interface AppConfig {
    /** The AppID; required. */
    Optional<String> appId();

    /** The AppSecret; this or {@link #appSecretFile}. */
    Optional<String> appSecret();

    /** A file that holds the AppSecret; it is read again when it changes. */
    Optional<String> appSecretFile();

    /** Whether messages that name no app are of this one. */
    @WithName("default")
    @WithDefault("false")
    boolean isDefault();

    /** Flash-sale reminders. */
    Seckill seckill();
  }

  /** {@code wxnotify.apps.NAME.seckill}. */
  interface Seckill {
    /** The page that a tap opens, without query. */
    @WithDefault("pages/seckill/index")
    String page();

    /** The template for callers that name none. */
    Optional<String> templateId();

    /** The keyword for the goods name. */
    @WithDefault("thing1")
    String goodsKeyword();

    /** The keyword for the time. */
    @WithDefault("time2")
    String timeKeyword();

    /** The keyword for the note. */
    @WithDefault("thing3")
    String noteKeyword();

    /** The fixed text. */
    @WithDefault("秒杀活动即将开始,支持一键发布到商店")
    String note();
  }

  /** {@code wxnotify.ledger}. */
  interface Ledger {
    /** The most outcomes that are remembered for their request ids. */
    @WithDefault("200000")
    long maxEntries();
  }

  /** {@code wxnotify.redis}. */
  interface Redis {
    /** Where Redis is; absent for a server that shares nothing. */
    Optional<String> url();

    /** A file of the password, which is not in the URL then. */
    Optional<String> passwordFile();

    /** Begins every key, so that several fleets can share one Redis. */
    @WithDefault("wxnotify:")
    String keyPrefix();

    /** How long a command to Redis may take before Redis is doubted and a probe follows. */
    @WithDefault("100ms")
    Duration commandTimeout();

    /**
     * The most that a claim of a request id may add to the latency of a message; a Redis that gives
     * no answer for so long is down.
     */
    @WithDefault("1s")
    Duration claimTimeout();

    /** A PEM file of what signs the certificates of Redis; absent for those that Java trusts. */
    Optional<String> caCertificate();
  }

  /** {@code wxnotify.log}. */
  interface Log {
    /** How a line looks: {@code plain} or {@code json}. */
    @WithDefault("plain")
    String format();

    /** The least important lines that are written. */
    @WithDefault("INFO")
    String level();
  }

  /** {@code wxnotify.io}. */
  interface Io {
    /**
     * What the operating system offers for many sockets: {@code io_uring}, {@code epoll} or {@code
     * nio}; {@code auto} takes the first of these that is there.
     */
    @WithDefault("auto")
    String transport();
  }

  /** {@code wxnotify.shutdown}. */
  interface Shutdown {
    /** How long accepted calls may take to finish. */
    @WithDefault("15s")
    Duration grace();
  }
}
