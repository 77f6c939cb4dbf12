package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.wxnotify.client.SendException;
import dev.wxnotify.testing.FakeWeChat;
import dev.wxnotify.testing.WxnotifyExtension;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a caller tests against the real server, without WeChat. */
class ReminderTest {
  @RegisterExtension static final WxnotifyExtension wxnotify = new WxnotifyExtension();

  @Test
  void reminder_reachesTheUser() {
    wxnotify.server().client().send(reminderTo("alice"));

    assertEquals(
        "Coffee", wxnotify.server().weChat().messagesTo("alice").get(0).data().get("thing1"));
  }

  @Test
  void reminder_userWhoDidNotSubscribe_isRefused() {
    wxnotify.server().weChat().unsubscribe("alice", FakeWeChat.SECKILL_TEMPLATE);

    SendException failure =
        assertThrows(
            SendException.class, () -> wxnotify.server().client().send(reminderTo("alice")));

    assertEquals(ErrorReason.USER_NOT_SUBSCRIBED, failure.reason());
  }

  private static SendSeckillMessageRequest reminderTo(String openId) {
    return SendSeckillMessageRequest.newBuilder()
        .setMessage(
            SeckillMessage.newBuilder()
                .setOpenId(openId)
                .setGoodsName("Coffee")
                .setTime("2026-11-24 20:00")
                .setCorpId("1")
                .setCustomerId("2"))
        .build();
  }
}
