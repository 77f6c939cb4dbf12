package dev.wxnotify.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import dev.wxnotify.client.EventWatch;
import dev.wxnotify.client.SendException;
import dev.wxnotify.v1.DeliveryStatus;
import dev.wxnotify.v1.Event;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.WatchEventsRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Without an extension, as in JUnit 4. */
class WxnotifyServerTest {

  @Test
  void weChat_showsWhatItTook() {
    try (WxnotifyServer wxnotify = WxnotifyServer.start()) {
      String messageId = wxnotify.client().send(reminderTo("alice")).getMessageId();

      assertThat(wxnotify.weChat().messagesTo("alice"))
          .singleElement()
          .satisfies(
              message -> {
                assertThat(message.messageId()).isEqualTo(messageId);
                assertThat(message.appId()).isEqualTo(FakeWeChat.APP_ID);
                assertThat(message.openId()).isEqualTo("alice");
                assertThat(message.templateId()).isEqualTo(FakeWeChat.SECKILL_TEMPLATE);
                assertThat(message.page()).isEqualTo("pages/seckill/index?corpId=1&customerId=2");
                assertThat(message.data())
                    .containsEntry("thing1", "Coffee 😀")
                    .containsEntry("time2", "20:00");
                assertThat(message.body()).contains("\"touser\":\"alice\"");
              });
      assertThat(wxnotify.weChat().messagesTo("bob")).isEmpty();
      assertThat(wxnotify.weChat().messages()).hasSize(1);
    }
  }

  @Test
  void weChat_goesWrongOnDemand() {
    try (WxnotifyServer wxnotify = WxnotifyServer.start()) {
      FakeWeChat weChat = wxnotify.weChat();
      weChat.failSends("errcode=45168", 1);
      assertThat(reasonOf(wxnotify, "alice")).isEqualTo(ErrorReason.CONTENT_BLOCKED);
      assertThat(wxnotify.client().send(reminderTo("alice")).getMessageId()).isNotEmpty();

      weChat.unsubscribe("bob", FakeWeChat.SECKILL_TEMPLATE);
      assertThat(reasonOf(wxnotify, "bob")).isEqualTo(ErrorReason.USER_NOT_SUBSCRIBED);
      weChat.subscribe("bob", FakeWeChat.SECKILL_TEMPLATE, 1);
      assertThat(wxnotify.client().send(reminderTo("bob")).getMessageId()).isNotEmpty();
      assertThat(reasonOf(wxnotify, "bob")).isEqualTo(ErrorReason.USER_NOT_SUBSCRIBED);

      weChat.reset();
      assertThat(weChat.messages()).isEmpty();
      assertThat(wxnotify.client().send(reminderTo("bob")).getMessageId()).isNotEmpty();
    }
  }

  /** Sends in the background: the test neither sleeps nor polls. */
  @Test
  void weChat_awaitsMessages_andTellsWhatCameInstead() throws Exception {
    try (WxnotifyServer wxnotify = WxnotifyServer.start()) {
      FakeWeChat weChat = wxnotify.weChat();
      assertThatThrownBy(() -> weChat.awaitMessageTo("alice", Duration.ofMillis(10)))
          .isInstanceOf(AssertionError.class)
          .hasMessage("no message to alice within 10 ms; nothing was sent at all");
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                wxnotify.client().send(reminderTo("bob"));
                wxnotify.client().send(reminderTo("alice"));
              });

      assertThat(weChat.awaitMessageTo("alice").data()).containsEntry("thing1", "Coffee 😀");

      sent.get(30, TimeUnit.SECONDS);
      assertThat(weChat.awaitMessagesTo("bob", 1, Duration.ofSeconds(1))).hasSize(1);
      assertThatThrownBy(() -> weChat.awaitMessagesTo("alice", 2, Duration.ofMillis(10)))
          .isInstanceOf(AssertionError.class)
          .hasMessageStartingWith("only 1 of 2 messages to alice within 10 ms; of 2 sends")
          .hasMessageContaining("to bob, template " + FakeWeChat.SECKILL_TEMPLATE + ": 0 ok");
    }
  }

  /** What users answer reaches the fake and, by a push, the server. */
  @Test
  void weChat_usersAllowAndReject() throws Exception {
    try (WxnotifyServer wxnotify = WxnotifyServer.start()) {
      BlockingQueue<Event> events = new LinkedBlockingQueue<>();
      WatchEventsRequest fromTheStart =
          WatchEventsRequest.newBuilder().setSince(Timestamp.newBuilder().setSeconds(1)).build();
      FakeUser alice = wxnotify.weChat().user("alice");

      alice.rejects(FakeWeChat.SECKILL_TEMPLATE);
      assertThat(reasonOf(wxnotify, "alice")).isEqualTo(ErrorReason.USER_NOT_SUBSCRIBED);
      alice.allows(FakeWeChat.SECKILL_TEMPLATE);
      assertThat(wxnotify.client().send(reminderTo("alice")).getMessageId()).isNotEmpty();
      assertThat(reasonOf(wxnotify, "alice")).isEqualTo(ErrorReason.USER_NOT_SUBSCRIBED);
      alice.allows(2, FakeWeChat.SECKILL_TEMPLATE);
      alice.turnsOff(FakeWeChat.SECKILL_TEMPLATE);
      assertThat(reasonOf(wxnotify, "alice")).isEqualTo(ErrorReason.USER_NOT_SUBSCRIBED);

      try (EventWatch watch = wxnotify.client().events().watch(fromTheStart, events::add)) {
        assertThat(events.poll(30, TimeUnit.SECONDS)).isNotNull();
        assertThat(watch.cursor()).isNotNull();
      }
      assertThatThrownBy(() -> alice.allows("no-such-template"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no-such-template");
    }
  }

  @Test
  void weChat_pushesAReceiptForEachMessage() throws Exception {
    try (WxnotifyServer wxnotify = WxnotifyServer.start()) {
      BlockingQueue<Event> events = new LinkedBlockingQueue<>();
      wxnotify.weChat().failReceipts(1);
      WatchEventsRequest fromTheStart =
          WatchEventsRequest.newBuilder().setSince(Timestamp.newBuilder().setSeconds(1)).build();
      try (EventWatch watch = wxnotify.client().events().watch(fromTheStart, events::add)) {
        String failed = wxnotify.client().send(reminderTo("alice")).getMessageId();
        Event receipt = events.poll(30, TimeUnit.SECONDS);
        assertThat(receipt).isNotNull();
        assertThat(receipt.getDelivery().getMessageId()).isEqualTo(failed);
        assertThat(receipt.getDelivery().getStatus())
            .isEqualTo(DeliveryStatus.DELIVERY_STATUS_FAILED);

        wxnotify.client().send(reminderTo("bob"));
        Event delivered = events.poll(30, TimeUnit.SECONDS);
        assertThat(delivered).isNotNull();
        assertThat(delivered.getDelivery().getStatus())
            .isEqualTo(DeliveryStatus.DELIVERY_STATUS_DELIVERED);
        assertThat(watch.cursor()).isNotNull();
      }
    }
  }

  @Test
  void weChat_faultThatMakesNoSense_isToldAtOnce() {
    try (WxnotifyServer wxnotify = WxnotifyServer.start()) {
      assertThatThrownBy(() -> wxnotify.weChat().failSends("colour=red", 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("colour");
    }
  }

  @Test
  void start_keys_configureTheServer() {
    try (WxnotifyServer wxnotify =
        WxnotifyServer.start(Map.of("wxnotify.apps.sandbox.seckill.page", "pages/sale"))) {
      wxnotify.client().send(reminderTo("alice"));

      assertThat(wxnotify.weChat().messages().get(0).page()).startsWith("pages/sale?");
    }
  }

  @Test
  void start_keysThatAreWrong_areNamed() {
    assertThatThrownBy(() -> WxnotifyServer.start(Map.of("wxnotify.grpc.colour", "red")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("wxnotify.grpc.colour");
  }

  /** Two servers at the same time do not interfere, and have different ports. */
  @Test
  void start_several_areSeparate() {
    try (WxnotifyServer one = WxnotifyServer.start();
        WxnotifyServer other = WxnotifyServer.start()) {
      one.client().send(reminderTo("alice"));

      assertThat(one.target()).isNotEqualTo(other.target());
      assertThat(other.weChat().messages()).isEmpty();
    }
  }

  static SendSeckillMessageRequest reminderTo(String openId) {
    return SendSeckillMessageRequest.newBuilder()
        .setMessage(
            SeckillMessage.newBuilder()
                .setOpenId(openId)
                .setGoodsName("Coffee 😀")
                .setTime("20:00")
                .setCorpId("1")
                .setCustomerId("2"))
        .build();
  }

  private static ErrorReason reasonOf(WxnotifyServer wxnotify, String openId) {
    try {
      wxnotify.client().send(reminderTo(openId));
    } catch (SendException e) {
      return e.reason();
    }
    throw new AssertionError("accepted");
  }
}
