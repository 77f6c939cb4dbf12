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

    /** The maximum number of messages in progress. */
    @WithDefault("1000")
    int maxInFlight();

    /** Whether callers may request the contract. */
    @WithDefault("true")
    boolean reflection();

    /**
     * Whether callers without credentials may send. Without this, a server without configured
     * callers listens on loopback addresses only.
     */
    @WithDefault("false")
    boolean allowAnonymous();

    /** The server's certificate. */
    Tls tls();

    /** The callers, by a name of the operator's choice. */
    Map<String, CallerConfig> callers();

    /** The maximum number of connections. */
    @WithDefault("10000")
    int maxConnections();

    /** The lifetime of a connection. */
    @WithDefault("30m")
    Duration maxConnectionAge();

    /** How long calls of a connection may continue after its lifetime. */
    @WithDefault("1h")
    Duration maxConnectionAgeGrace();
  }

  /** {@code wxnotify.grpc.tls}. */
  interface Tls {
    /** A PEM file with the certificate and its issuers' certificates; absent for plaintext. */
    Optional<String> certificate();

    /** A PEM file with its key. */
    Optional<String> privateKey();

    /** A PEM file with the CA certificates for clients, which then must have a certificate. */
    Optional<String> clientCa();
  }

  /** {@code wxnotify.grpc.callers.NAME}. */
  interface CallerConfig {
    /** The SHA-256 of its bearer token, in hexadecimal digits; several while tokens change. */
    @WithName("token-sha256")
    Optional<List<String>> tokenSha256();

    /** The names in its client certificates. */
    Optional<List<String>> certificateNames();

    /** The names of the apps that it may use; {@code *} for all. */
    @WithDefault("*")
    List<String> apps();

    /** The maximum number of its messages in progress; absent for no limit of its own. */
    OptionalInt maxInFlight();

    /** The maximum number of its messages per second; absent for no limit of its own. */
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
    /** The address of WeChat. */
    @WithDefault("https://api.weixin.qq.com")
    String baseUrl();

    /** An egress proxy, {@code http://[user:password@]host:port}, percent-encoded. */
    Optional<String> proxy();

    /** A file with the proxy's password, which is then not in the URL. */
    Optional<String> proxyPasswordFile();

    /** Which endpoint issues tokens: {@code stable} or {@code classic}. */
    @WithDefault("stable")
    String tokenEndpoint();

    /** The maximum number of token calls in any hour, for each app. */
    @WithDefault("150")
    int tokenCallsPerHour();

    /** The longest time to connect. */
    @WithDefault("2s")
    Duration connectTimeout();

    /** The longest time from the start of a request to the end of its answer. */
    @WithDefault("5s")
    Duration requestTimeout();

    /** The maximum number of concurrent requests to WeChat for messages. */
    @WithDefault("512")
    int maxConnections();

    /** The longest time for which a connection is used, so that a changed address takes effect. */
    @WithDefault("5m")
    Duration maxConnectionAge();
  }

  /** {@code wxnotify.apps.NAME}. */
  interface AppConfig {
    /** The AppID; required. */
    Optional<String> appId();

    /** The AppSecret; this or {@link #appSecretFile}. */
    Optional<String> appSecret();

    /** A file that contains the AppSecret; it is read again when it changes. */
    Optional<String> appSecretFile();

    /** Whether messages that name no app belong to this one. */
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
    /** The maximum number of outcomes that are remembered for their request ids. */
    @WithDefault("200000")
    long maxEntries();
  }

  /** {@code wxnotify.redis}. */
  interface Redis {
    /** The URL of Redis; absent for a server that shares nothing. */
    Optional<String> url();

    /** A file with the password, which is then not in the URL. */
    Optional<String> passwordFile();

    /** Begins every key, so that several fleets can share one Redis. */
    @WithDefault("wxnotify:")
    String keyPrefix();

    /** How long a command to Redis may take before Redis is doubted and a probe follows. */
    @WithDefault("100ms")
    Duration commandTimeout();

    /**
     * The longest time that a claim of a request id may add to the latency of a message; a Redis
     * that gives no answer for this time is down.
     */
    @WithDefault("1s")
    Duration claimTimeout();

    /**
     * A PEM file with the CA that signs the certificates of Redis; absent for the CAs that Java
     * trusts.
     */
    Optional<String> caCertificate();
  }

  /** {@code wxnotify.log}. */
  interface Log {
    /** The format of a line: {@code plain} or {@code json}. */
    @WithDefault("plain")
    String format();

    /** The lowest level that is written. */
    @WithDefault("INFO")
    String level();
  }

  /** {@code wxnotify.io}. */
  interface Io {
    /**
     * The operating system's interface for many sockets: {@code io_uring}, {@code epoll} or {@code
     * nio}; {@code auto} takes the first of these that is available.
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
