package dev.wxnotify.server.delivery;

import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.template.TemplateList;
import dev.wxnotify.server.token.TokenCache;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * One Mini Program for which this server sends messages.
 *
 * @param appId its AppID
 * @param tokens its access token
 * @param seckill how it sends flash-sale reminders
 * @param templates its templates, as far as WeChat listed them
 * @param pace the rate at which WeChat takes its messages
 * @param quota whether WeChat takes more of its messages today
 * @param use what still needs it
 */
public record App(
    String appId,
    TokenCache tokens,
    SeckillTemplate seckill,
    TemplateList templates,
    Pace pace,
    DailyQuota quota,
    AppUse use) {

  /**
   * An app about which WeChat has not said anything yet.
   *
   * @param nanoClock as {@link System#nanoTime}
   * @param timer runs delayed tasks
   */
  public App(
      String appId,
      TokenCache tokens,
      SeckillTemplate seckill,
      TemplateList templates,
      LongSupplier nanoClock,
      ScheduledExecutorService timer) {
    this(
        appId,
        tokens,
        seckill,
        templates,
        new Pace(appId, nanoClock, timer),
        new DailyQuota(appId, nanoClock),
        new AppUse());
  }

  /** Returns the same app with other flash-sale reminders. */
  public App withSeckill(SeckillTemplate other) {
    return new App(appId, tokens, other, templates, pace, quota, use);
  }

  /**
   * Returns the same app with another token cache and the templates that are fetched with it, and
   * with a use of its own for both.
   */
  public App withTokens(TokenCache other, TemplateList otherTemplates) {
    return new App(appId, other, seckill, otherTemplates, pace, quota, new AppUse());
  }
}
