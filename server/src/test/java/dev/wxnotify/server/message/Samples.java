package dev.wxnotify.server.message;

import java.util.Map;

/** Messages that follow every rule, for tests to vary. */
public final class Samples {
  public static final String OPEN_ID = "oABCDE1234567890abcdefghijkl";
  public static final String TEMPLATE_ID = "TVz4oiFVuGt3Zz2Hx5wWcLqZk1mNQ9RrYb7uEo0sDfG";

  public static final SeckillTemplate SECKILL_TEMPLATE =
      new SeckillTemplate(
          "pages/seckill/index", "", "thing1", "time2", "thing3", "秒杀活动即将开始,支持一键发布到商店");

  private Samples() {}

  public static SubscribeMessage message() {
    return message(OPEN_ID);
  }

  public static SubscribeMessage message(String openId) {
    return message(openId, "一件商品");
  }

  public static SubscribeMessage message(String openId, String thing) {
    return new SubscribeMessage(
        openId,
        TEMPLATE_ID,
        "pages/index",
        Map.of("thing1", thing),
        MiniProgramState.FORMAL,
        Language.ZH_CN);
  }

  public static SeckillMessage seckill(String goodsName) {
    return new SeckillMessage(
        OPEN_ID,
        TEMPLATE_ID,
        goodsName,
        "2026-11-11 20:00",
        "corp",
        "customer",
        MiniProgramState.FORMAL,
        Language.ZH_CN);
  }
}
