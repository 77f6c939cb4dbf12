package dev.wxnotify.server;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

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
     * Whether anybody who reaches the port may call. Without, the server listens on loopback
     * addresses only.
     */
    @WithDefault("false")
    boolean allowAnonymous();
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

    /** An egress proxy, {@code http://host:port}. */
    Optional<String> proxy();

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
  }

  /** {@code wxnotify.apps.NAME}. */
  interface AppConfig {
    /** The AppID; required. */
    Optional<String> appId();

    /** The AppSecret; this or {@link #appSecretFile}. */
    Optional<String> appSecret();

    /** A file that holds the AppSecret. */
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

    /** Begins every key, so that several fleets can share one Redis. */
    @WithDefault("wxnotify:")
    String keyPrefix();

    /** The most that a command to Redis may add to the latency of a message. */
    @WithDefault("100ms")
    Duration commandTimeout();
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

  /** {@code wxnotify.shutdown}. */
  interface Shutdown {
    /** How long accepted calls may take to finish. */
    @WithDefault("15s")
    Duration grace();
  }
}
