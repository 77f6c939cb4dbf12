package dev.wxnotify.server.grpc;

import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SubscribeMessage;

/** Requests that follow every rule, for tests to vary. */
final class Requests {
  static final String OPEN_ID = "oABCDE1234567890abcdefghijkl";
  static final String TEMPLATE_ID = "TVz4oiFVuGt3Zz2Hx5wWcLqZk1mNQ9RrYb7uEo0sDfG";

  private Requests() {}

  static SubscribeMessage.Builder subscribe(String openId) {
    return SubscribeMessage.newBuilder()
        .setOpenId(openId)
        .setTemplateId(TEMPLATE_ID)
        .setPage("pages/order?id=7")
        .putData("thing1", "一件商品")
        .putData("time2", "2026-11-24 20:00");
  }

  static SeckillMessage.Builder seckill(String openId) {
    return SeckillMessage.newBuilder()
        .setOpenId(openId)
        .setTemplateId(TEMPLATE_ID)
        .setGoodsName("一件商品")
        .setTime("2026-11-24 20:00")
        .setCorpId("corp")
        .setCustomerId("customer");
  }

  static SendSubscribeMessageRequest single(String openId) {
    return SendSubscribeMessageRequest.newBuilder().setMessage(subscribe(openId)).build();
  }

  static SendSubscribeMessageRequest single(String openId, String requestId) {
    return single(openId).toBuilder().setRequestId(requestId).build();
  }

  static SendSeckillMessageRequest singleSeckill(String openId) {
    return SendSeckillMessageRequest.newBuilder().setMessage(seckill(openId)).build();
  }

  static BatchSendRequest item(String openId) {
    return BatchSendRequest.newBuilder().setSubscribeMessage(subscribe(openId)).build();
  }

  static BatchSendRequest item(String openId, String requestId) {
    return item(openId).toBuilder().setRequestId(requestId).build();
  }

  static BatchSendRequest seckillItem(String openId) {
    return BatchSendRequest.newBuilder().setSeckillMessage(seckill(openId)).build();
  }
}
