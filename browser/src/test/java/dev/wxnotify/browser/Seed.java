package dev.wxnotify.browser;

import static dev.wxnotify.browser.Sends.DEVICE;
import static dev.wxnotify.browser.Sends.ORDER;
import static dev.wxnotify.browser.Sends.SECKILL;
import static dev.wxnotify.browser.Sends.fail;
import static dev.wxnotify.browser.Sends.message;
import static dev.wxnotify.browser.Sends.send;

import dev.wxnotify.v1.SubscribeMessage;
import java.util.Map;

/** What the pictures show: a shop with a few users, some of its messages, and what went wrong. */
final class Seed {
  /** Whose message was accepted, and then not delivered. */
  static final String FAILED_RECEIPT_REQUEST = "order-A1004-shipped";

  private Seed() {}

  /** Fills a server that nothing was sent by. */
  static void fill(ServerUnderTest server) {
    SandboxCalls sandbox = new SandboxCalls(server);
    allow(sandbox, "li-lei", 2, ORDER, SECKILL);
    allow(sandbox, "han-meimei", 3, ORDER);
    allow(sandbox, "alice", 1, SECKILL, ORDER);
    allow(sandbox, "wang-fang", 1, ORDER);
    send(server, "order-A1001-paid", order("li-lei", "A1001", "已付款", "￥299.00", "机械键盘 K8，黑色"));
    send(server, "order-A1002-paid", order("han-meimei", "A1002", "已付款", "￥68.50", "咖啡豆 1 kg ☕"));
    send(server, "sale-1124-li-lei", sale("li-lei", "机械键盘 K8", "限量 100 件，先到先得"));
    send(server, "sale-1124-alice", sale("alice", "Espresso machine", "Starts at 8 pm ⏰"));
    send(server, "device-7-done", device("han-meimei", "已完成", "阳台"));
    fail(
        server,
        "order-A1003-paid",
        message("wang-fang", ORDER, Map.of("character_string1", "A1003", "phrase2", "已付款")));
    fail(server, "sale-1124-tom", sale("sandbox-43101-tom", "机械键盘 K8", "限量 100 件，先到先得"));
    sandbox.post("/sandbox/pushes/faults", "{\"what\":\"failed\",\"event\":\"sent\",\"count\":1}");
    send(
        server,
        FAILED_RECEIPT_REQUEST,
        order("alice", "A1004", "配送中", "￥1280.00", "Leave it at the door"));
    reject(sandbox, "wang-fang", ORDER);
    fail(server, "order-A1005-shipped", order("wang-fang", "A1005", "配送中", "￥36.00", "茶杯 2 只"));
    fail(server, "sale-1124-zhao", sale("sandbox-reset-after-zhao", "露营帐篷", "周末特价"));
    send(server, "order-A1001-shipped", order("li-lei", "A1001", "配送中", "￥299.00", "预计明天送达"));
    send(server, "device-7-fault", device("han-meimei", "故障", "厨房"));
    send(server, "order-A1002-done", order("han-meimei", "A1002", "已签收", "￥68.50", "谢谢惠顾 😀"));
  }

  private static SubscribeMessage order(
      String openId, String number, String state, String amount, String remark) {
    return message(
        openId,
        ORDER,
        Map.of(
            "character_string1",
            number,
            "phrase2",
            state,
            "amount3",
            amount,
            "date4",
            "2026-11-24 15:01",
            "thing5",
            remark));
  }

  private static SubscribeMessage sale(String openId, String goods, String hint) {
    return message(
        openId, SECKILL, Map.of("thing1", goods, "time2", "2026-11-24 20:00", "thing3", hint));
  }

  private static SubscribeMessage device(String openId, String state, String place) {
    return message(
        openId,
        DEVICE,
        Map.of("time1", "2026-11-24 18:30", "enum_string2", state, "short_thing3", place));
  }

  private static void allow(SandboxCalls sandbox, String openId, int count, String... templates) {
    sandbox.post(
        "/sandbox/users/" + openId + "/allow",
        "{\"count\":" + count + ",\"template_ids\":" + list(templates) + "}");
  }

  private static void reject(SandboxCalls sandbox, String openId, String template) {
    sandbox.post(
        "/sandbox/users/" + openId + "/reject",
        "{\"source\":\"settings\",\"template_ids\":" + list(template) + "}");
  }

  private static String list(String... templates) {
    return "[\"" + String.join("\",\"", templates) + "\"]";
  }
}
