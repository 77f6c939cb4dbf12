package dev.wxnotify.server.delivery;

import dev.wxnotify.server.token.TokenCache;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * One Mini Program that this server sends for.
 *
 * @param appId its AppID
 * @param tokens its access token
 * @param seckill how it sends flash-sale reminders
 * @param pace how fast WeChat takes its messages
 * @param quota whether WeChat takes more of them today
 */
public record App(
    String appId, TokenCache tokens, SeckillTemplate seckill, Pace pace, DailyQuota quota) {

  /**
   * An app of which WeChat has not said anything yet.
   *
   * @param nanoClock as {@link System#nanoTime}
   * @param timer runs what is due later
   */
  public App(
      String appId,
      TokenCache tokens,
      SeckillTemplate seckill,
      LongSupplier nanoClock,
      ScheduledExecutorService timer) {
    this(
        appId,
        tokens,
        seckill,
        new Pace(appId, nanoClock, timer),
        new DailyQuota(appId, nanoClock));
  }
}
