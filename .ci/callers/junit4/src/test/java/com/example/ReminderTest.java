package com.example;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import dev.wxnotify.client.SendException;
import dev.wxnotify.testing.FakeWeChat;
import dev.wxnotify.testing.WxnotifyServer;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.Test;

public class ReminderTest {
  private static WxnotifyServer wxnotify;

  @BeforeClass
  public static void start() {
    wxnotify = WxnotifyServer.start();
  }

  @AfterClass
  public static void stop() {
    wxnotify.close();
  }

  @Before
  public void forget() {
    wxnotify.weChat().reset();
  }

  @Test
  public void reminder_reachesTheUser() {
    wxnotify.client().send(reminderTo("alice"));

    assertEquals("Coffee", wxnotify.weChat().messagesTo("alice").get(0).data().get("thing1"));
  }

  @Test
  public void reminder_userWhoDidNotSubscribe_isRefused() {
    wxnotify.weChat().unsubscribe("alice", FakeWeChat.SECKILL_TEMPLATE);

    SendException failure =
        assertThrows(SendException.class, () -> wxnotify.client().send(reminderTo("alice")));

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
