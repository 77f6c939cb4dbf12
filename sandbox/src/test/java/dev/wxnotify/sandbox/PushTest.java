package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.APP;
import static dev.wxnotify.sandbox.SandboxClient.message;
import static dev.wxnotify.sandbox.SandboxTemplates.SECKILL_TEMPLATE_ID;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wxnotify.sandbox.PushReceiver.Received;
import dev.wxnotify.sandbox.PushReceiver.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Receipts, the verification of the URL, and repeats. */
class PushTest extends PushCase {
  private static final Duration SPACING = Duration.ofSeconds(5);

  @ParameterizedTest
  @EnumSource(PushMode.class)
  void receipt_inJson_followsEachAcceptedMessage(PushMode mode) throws Exception {
    start(PushRules.to(APP, target().in(mode)));

    long msgid = client.send(token, message("alice")).path("msgid").asLong();
    client.send(token, message("sandbox-43101"));

    Received push = pushes(1).get(0);
    JsonNode text = MAPPER.readTree(textOf(push));
    assertThat(text.path("FromUserName").asText()).isEqualTo("alice");
    assertThat(text.path("ToUserName").asText()).isEqualTo(PushEnvelope.originalId(APP));
    assertThat(text.path("CreateTime").asLong()).isEqualTo(timer.instant().getEpochSecond());
    assertThat(text.path("Event").asText()).isEqualTo("subscribe_msg_sent_event");
    assertThat(text.path("List").toString())
        .isEqualTo(
            "{\"ErrorCode\":\"0\",\"ErrorStatus\":\"success\",\"MsgID\":\"%d\",\"TemplateId\":\"%s\"}"
                .formatted(msgid, SECKILL_TEMPLATE_ID));
    assertSigned(push, mode);
    assertThat(sandbox.state().pushes().created()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(PushMode.class)
  void receipt_inXml_followsEachAcceptedMessage(PushMode mode) throws Exception {
    start(PushRules.to(APP, target().in(mode).in(PushFormat.XML)));

    long msgid = client.send(token, message("alice")).path("msgid").asLong();

    Received push = pushes(1).get(0);
    assertThat(push.contentType()).isEqualTo("text/xml");
    assertThat(textOf(push))
        .contains("<FromUserName><![CDATA[alice]]></FromUserName>", "<MsgID>" + msgid + "</MsgID>");
    assertSigned(push, mode);
  }

  @Test
  void receipt_withDelay_comesThen() throws Exception {
    start(rules().times(Duration.ofSeconds(3), Duration.ZERO));

    client.send(token, message("alice"));
    timer.advance(Duration.ofMillis(2999));
    assertThat(sandbox.pushes().get(0).state()).isEqualTo(SandboxPush.State.WAITING);
    assertThat(receiver.posts()).isEmpty();
    timer.advance(Duration.ofMillis(1));

    pushes(1);
    assertEnded(1, SandboxPush.State.DELIVERED);
  }

  @Test
  void receipt_manual_comesOnDemandOnly() throws Exception {
    start(rules().manualReceipts());
    String msgid = client.send(token, message("alice")).path("msgid").asText();
    assertThat(sandbox.pushes()).isEmpty();

    client.post("/sandbox/messages/" + msgid + "/receipt", "{\"result\":\"failed\"}");
    assertThat(textOf(pushes(1).get(0)))
        .contains("\"ErrorCode\":\"-10001\",\"ErrorStatus\":\"failed: invented by the sandbox\"");
    client.post("/sandbox/messages/" + msgid + "/receipt", "");
    assertThat(textOf(pushes(2).get(1))).contains("\"ErrorCode\":\"0\"", msgid);
    client.post(
        "/sandbox/messages/" + msgid + "/receipt",
        "{\"error_code\":\"7\",\"error_status\":\"failed:user block\"}");
    assertThat(textOf(pushes(3).get(2))).contains("\"7\",\"ErrorStatus\":\"failed:user block\"");

    assertThat(client.post("/sandbox/messages/1/receipt", "").path("field").asText())
        .isEqualTo("msgid");
    assertThat(
            client
                .post("/sandbox/messages/" + msgid + "/receipt", "{\"error_code\":\"x\"}")
                .path("field")
                .asText())
        .isEqualTo("error_code");
  }

  @Test
  void receipt_withoutUrl_isNone() throws Exception {
    sandbox = Sandbox.start(SandboxOptions.defaults(), timer, timer);
    client = new SandboxClient(sandbox);
    client.send(client.stableToken(), message("alice"));

    assertThat(sandbox.pushes()).isEmpty();
    assertThat(sandbox.state().pushes().verifications()).isEmpty();
    assertThat(client.post("/sandbox/pushes", "{\"what\":\"debug_demo\"}").path("field").asText())
        .isEqualTo("app_id");
  }

  @Test
  void receiver_slow_delaysNoSend() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    receiver.answer(
        post -> {
          await(over);
          return new Reply(200, "success");
        });
    start(rules());

    for (int i = 0; i < 200; i++) {
      assertThat(client.sendCode(token, message("user-" + i))).isZero();
    }

    assertThat(sandbox.state().pushes().waiting()).isEqualTo(200);
    over.countDown();
    Eventually.until("all answered", () -> sandbox.state().pushes().delivered() == 200);
  }

  @Test
  void pushes_tooManyWaiting_areDropped() throws Exception {
    start(rules().times(Duration.ofDays(1), Duration.ZERO).with(List.of()));
    sandbox.allow(APP, "alice", List.of(SECKILL_TEMPLATE_ID), PushQueue.MOST_UNFINISHED + 7);

    SandboxState.Pushes state = sandbox.state().pushes();
    assertThat(state.waiting()).isEqualTo(PushQueue.MOST_UNFINISHED);
    assertThat(state.dropped()).isEqualTo(7);
    assertThat(sandbox.pushes()).hasSize(PushLog.KEPT);

    sandbox.reset();
    assertThat(sandbox.pushes()).isEmpty();
    timer.advance(Duration.ofDays(1));
    Eventually.until("none waits", () -> sandbox.state().pushes().waiting() == 0);
    assertThat(receiver.posts()).isEmpty();
  }

  @Test
  void verification_answered_isSigned() throws Exception {
    start(rules());
    verifiedAs("verified");

    Received get = receiver.gets().get(0);
    assertThat(get.parameter("signature"))
        .isEqualTo(
            PushCrypto.signature(
                PushReceiver.TOKEN, get.parameter("timestamp"), get.parameter("nonce")));
    assertThat(get.parameter("echostr")).matches("[0-9]{18,20}");
    assertThat(client.get("/sandbox/state").path("pushes").path("verifications").path(APP).asText())
        .isEqualTo("verified");
  }

  @Test
  void verification_refused_isRepeatedUntilItSucceeds() throws Exception {
    receiver.echo(get -> new Reply(403, ""));
    start(rules());
    verifiedAs("refused: HTTP 403");

    receiver.echo(get -> new Reply(200, "\"" + get.query().get("echostr") + "\""));
    timer.advance(Duration.ofMillis(200));
    verifiedAs("refused: not the echostr");

    receiver.echo(get -> new Reply(200, get.parameter("echostr")));
    timer.advance(Duration.ofMillis(400));
    verifiedAs("verified");
    timer.advance(Duration.ofHours(1));
    assertThat(receiver.gets()).hasSize(3);
  }

  @Test
  void verification_receiverStartsLater_succeeds() throws Exception {
    int port = receiver.url().getPort();
    PushTarget target = target();
    receiver.close();
    start(PushRules.to(APP, target));
    verifiedAs("trying: ConnectException");

    receiver = new PushReceiver(port);
    timer.advance(Duration.ofMillis(200));
    verifiedAs("verified");
  }

  @Test
  void retries_noAnswer_areThreeFiveSecondsApart() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    receiver.answer(
        post -> {
          await(over);
          return new Reply(200, "success");
        });
    start(rules());
    Instant began = timer.instant();

    client.send(token, message("alice"));
    for (int made = 1; made <= 4; made++) {
      pushes(made);
      timer.advance(Duration.ofMillis(4999));
      assertThat(sandbox.pushes().get(0).attempts()).hasSize(made - 1);
      timer.advance(Duration.ofMillis(1)); // The answer is late.
      attempts(made);
      timer.advance(Duration.ZERO); // The next attempt is due at the same moment.
    }
    assertEnded(1, SandboxPush.State.GIVEN_UP);
    timer.advance(Duration.ofHours(1));
    over.countDown();

    SandboxPush push = sandbox.pushes().get(0);
    assertThat(push.attempts())
        .extracting(attempt -> Duration.between(began, attempt.time()).toMillis())
        .containsExactly(0L, 5000L, 10000L, 15000L);
    assertThat(push.attempts()).allMatch(a -> a.status() == 0 && a.answer().equals("no answer"));
    assertThat(push.attempts()).allMatch(attempt -> attempt.millis() == 5000);
    assertThat(receiver.posts()).hasSize(4);
    assertThat(receiver.posts()).containsOnly(receiver.posts().get(0));
  }

  @ParameterizedTest
  @CsvSource({"503, retry", "500, success", "302, ''"})
  void retries_otherStatus_endWithTheFirstGoodAnswer(int status, String body) throws Exception {
    receiver.answer(
        post -> new Reply(receiver.posts().size() < 3 ? status : 200, body.replace("retry", "")));
    start(rules());

    client.send(token, message("alice"));
    attempts(1);
    timer.advance(SPACING.minusMillis(1));
    assertThat(receiver.posts()).hasSize(1);
    timer.advance(Duration.ofMillis(1));
    attempts(2);
    timer.advance(SPACING);

    assertEnded(1, SandboxPush.State.DELIVERED);
    assertThat(sandbox.pushes().get(0).attempts())
        .extracting(SandboxPush.Attempt::status)
        .containsExactly(status, status, 200);
  }

  @Test
  void retries_otherStatus_whereItIsFinal_areNone() throws Exception {
    receiver.answer(post -> new Reply(503, ""));
    PushRepeats wechat = PushRepeats.WECHAT;
    start(
        rules()
            .with(
                new PushRepeats(wechat.answerTimeout(), 3, wechat.spacing(), false, false, false)));

    client.send(token, message("alice"));

    assertEnded(1, SandboxPush.State.GIVEN_UP);
    assertThat(sandbox.pushes().get(0).attempts()).hasSize(1);
  }

  @Test
  void otherBody_isAPassiveReply() throws Exception {
    receiver.answer(post -> new Reply(200, "\"success\""));
    start(rules());
    client.send(token, message("alice"));

    assertEnded(1, SandboxPush.State.ANSWERED);
    assertThat(sandbox.pushes().get(0).attempts().get(0).answer()).isEqualTo("\"success\"");
  }

  @Test
  void otherBody_whereItIsAskedForAgain_isSignedAnewWhereAsked() throws Exception {
    receiver.answer(post -> new Reply(200, "thanks"));
    start(rules().with(new PushRepeats(SPACING, 1, SPACING, true, true, true)));
    client.send(token, message("alice"));
    attempts(1);
    timer.advance(SPACING);

    assertEnded(1, SandboxPush.State.GIVEN_UP);
    assertThat(pushes(2).get(1).parameter("nonce"))
        .isNotEqualTo(receiver.posts().get(0).parameter("nonce"));
  }

  @Test
  void answer_long_isCutInTheLog() throws Exception {
    receiver.answer(post -> new Reply(200, "x".repeat(100_000)));
    start(rules());
    client.send(token, message("alice"));

    assertEnded(1, SandboxPush.State.ANSWERED);
    assertThat(sandbox.pushes().get(0).attempts().get(0).answer()).hasSize(ShortBody.MOST);
  }
}
