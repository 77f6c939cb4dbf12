package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.wxnotify.client.SendException;
import dev.wxnotify.testing.FakeWeChat;
import dev.wxnotify.testing.WxnotifyExtension;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import java.util.concurrent.CompletableFuture;
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

  /** For code that sends in the background: no sleeping, no polling. */
  @Test
  void reminder_inTheBackground_isAwaited() {
    CompletableFuture<Void> sent =
        CompletableFuture.runAsync(() -> wxnotify.server().client().send(reminderTo("bob")));

    assertEquals(
        "Coffee", wxnotify.server().weChat().awaitMessageTo("bob").data().get("thing1"));
    sent.join();
  }

  @Test
  void reminder_userWhoRejects_isRefused() {
    wxnotify.server().weChat().user("alice").rejects(FakeWeChat.SECKILL_TEMPLATE);

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
