package dev.wxnotify.server;

import dev.wxnotify.server.config.ServerSettings;
import dev.wxnotify.server.config.ServerSettings.AppSettings;
import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.metrics.ServerMeters;
import dev.wxnotify.server.redis.RedisLink;
import dev.wxnotify.server.redis.RedisTokenStore;
import dev.wxnotify.server.template.TemplateList;
import dev.wxnotify.server.token.InMemoryTokenStore;
import dev.wxnotify.server.token.TokenCache;
import dev.wxnotify.server.token.TokenPolicy;
import dev.wxnotify.server.token.TokenStore;
import dev.wxnotify.server.wechat.AppSecret;
import dev.wxnotify.server.wechat.WeChatApi;
import dev.wxnotify.server.wechat.WeChatHttpClient;
import dev.wxnotify.server.wechat.WeChatTemplateSource;
import dev.wxnotify.server.wechat.WeChatTokenIssuer;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes an app from its settings and from what all apps share. */
final class AppFactory {
  private final WeChatTokenIssuer.Endpoint endpoint;
  private final int tokenCallsPerHour;
  private final WeChatHttpClient http;
  private final @Nullable RedisLink redis;
  private final InstantSource clock;
  private final ScheduledExecutorService timer;
  private final boolean checksTemplates;
  private final WeChatApi api;
  private final ServerMeters meters;

  /**
   * Creates a factory.
   *
   * @param settings those of the start, of which what all apps share is taken
   * @param redis null for replicas that share nothing
   * @param meters count what happens to the tokens and templates
   */
  AppFactory(
      ServerSettings settings,
      WeChatHttpClient http,
      WeChatApi api,
      @Nullable RedisLink redis,
      InstantSource clock,
      ScheduledExecutorService timer,
      ServerMeters meters) {
    this.endpoint = settings.tokenEndpoint();
    this.tokenCallsPerHour = settings.tokenCallsPerHour();
    this.checksTemplates = settings.checksTemplates();
    this.http = http;
    this.api = api;
    this.redis = redis;
    this.clock = clock;
    this.timer = timer;
    this.meters = meters;
  }

  /**
   * Makes an app that has no token yet.
   *
   * @param secret its secret of the moment
   */
  App make(AppSettings app, Supplier<AppSecret> secret) {
    TokenCache tokens = tokens(app, secret);
    return new App(
        app.appId(), tokens, app.seckill(), templates(app, tokens), System::nanoTime, timer);
  }

  /** Makes the list of an app's templates, which is fetched with these tokens. */
  TemplateList templates(AppSettings app, TokenCache tokens) {
    return new TemplateList(
        app.appId(),
        new WeChatTemplateSource(api, tokens),
        checksTemplates,
        clock,
        System::nanoTime,
        timer,
        meters.templateListener());
  }

  /** Makes the token cache of an app. */
  TokenCache tokens(AppSettings app, Supplier<AppSecret> secret) {
    return new TokenCache(
        app.appId(),
        new WeChatTokenIssuer(http, endpoint, app.appId(), secret),
        store(app.appId()),
        TokenPolicy.DEFAULT,
        tokenCallsPerHour,
        clock,
        timer,
        () -> ThreadLocalRandom.current().nextDouble(),
        meters.tokenListener());
  }

  private TokenStore store(String appId) {
    return redis == null
        ? new InMemoryTokenStore(clock)
        : new RedisTokenStore(redis, appId, endpoint.name().toLowerCase(Locale.ROOT), clock);
  }
}
