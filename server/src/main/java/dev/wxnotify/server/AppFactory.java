package dev.wxnotify.server;

import dev.wxnotify.server.config.ServerSettings.AppSettings;
import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.template.TemplateList;
import dev.wxnotify.server.template.TemplateListener;
import dev.wxnotify.server.token.TokenCache;
import dev.wxnotify.server.wechat.WeChatApi;
import dev.wxnotify.server.wechat.WeChatEndpoints;
import dev.wxnotify.server.wechat.WeChatTemplateSource;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/** Makes an app from its settings and from what all apps share. */
final class AppFactory {
  private final TokenSources sources;
  private final WeChatEndpoints endpoints;
  private final WeChatApi api;
  private final boolean checksTemplates;
  private final InstantSource clock;
  private final ScheduledExecutorService timer;
  private final TemplateListener listener;

  /**
   * Creates a factory.
   *
   * @param endpoints where the calls of each app go
   * @param checksTemplates whether messages are checked by their templates
   * @param listener hears what becomes of requests for templates
   */
  AppFactory(
      TokenSources sources,
      WeChatEndpoints endpoints,
      WeChatApi api,
      boolean checksTemplates,
      InstantSource clock,
      ScheduledExecutorService timer,
      TemplateListener listener) {
    this.sources = sources;
    this.endpoints = endpoints;
    this.api = api;
    this.checksTemplates = checksTemplates;
    this.clock = clock;
    this.timer = timer;
    this.listener = listener;
  }

  /**
   * Makes an app that has no token yet.
   *
   * @param secret by which its token source is asked
   */
  App make(AppSettings app, Supplier<String> secret) {
    TokenCache tokens = tokens(app, secret);
    return new App(
        app.appId(), tokens, app.seckill(), templates(app, tokens), System::nanoTime, timer);
  }

  /** Makes the token cache of an app, whose calls go where its settings say from now on. */
  TokenCache tokens(AppSettings app, Supplier<String> secret) {
    endpoints.use(app.appId(), app.token().source(), app.baseUrl());
    return sources.cacheOf(app, secret);
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
        listener);
  }
}
