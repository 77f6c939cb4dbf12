package dev.wxnotify.sandbox;

import dev.wxnotify.sandbox.SandboxTemplate.Keyword;
import java.util.List;

/** The templates that every app of the sandbox has. */
public final class SandboxTemplates {

  /** One-time: {@code thing1} goods, {@code time2} time, {@code thing3} hint. */
  public static final String SECKILL_TEMPLATE_ID = "sandbox-seckill-0123456789abcdefghijklmnopq";

  /** One-time: an order, with five kinds of keyword. */
  public static final String ORDER_TEMPLATE_ID = "sandbox-order-0123456789abcdefghijklmnopqrs";

  /** Long-term: a state from a list. */
  public static final String DEVICE_TEMPLATE_ID = "sandbox-device-0123456789abcdefghijklmnopqr";

  /** All of them. */
  public static final List<SandboxTemplate> ALL =
      List.of(
          new SandboxTemplate(
              SECKILL_TEMPLATE_ID,
              "秒杀开始提醒",
              false,
              List.of(
                  new Keyword("thing1", "商品名称", "机械键盘"),
                  new Keyword("time2", "开始时间", "2026年11月24日 20:00"),
                  new Keyword("thing3", "温馨提示", "数量有限，先到先得"))),
          new SandboxTemplate(
              ORDER_TEMPLATE_ID,
              "订单状态通知",
              false,
              List.of(
                  new Keyword("character_string1", "订单编号", "SN20261124-0001"),
                  new Keyword("phrase2", "订单状态", "配送中"),
                  new Keyword("amount3", "订单金额", "￥99.50"),
                  new Keyword("date4", "下单日期", "2026年11月24日"),
                  new Keyword("thing5", "备注", "请保持电话畅通"))),
          new SandboxTemplate(
              DEVICE_TEMPLATE_ID,
              "设备状态提醒",
              true,
              List.of(
                  new Keyword("time1", "时间", "2026-11-24 20:00"),
                  new Keyword("enum_string2", "设备状态", "已完成", List.of("运行中", "已完成", "故障")),
                  new Keyword("short_thing3", "位置", "阳台"))));

  private SandboxTemplates() {}
}
