package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.APP;
import static dev.wxnotify.sandbox.SandboxClient.message;
import static dev.wxnotify.sandbox.SandboxTemplates.SECKILL_TEMPLATE_ID;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wxnotify.sandbox.PushReceiver.Received;
import dev.wxnotify.sandbox.PushReceiver.Reply;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The control calls about pushes. */
class ControlPushesTest extends PushCase {

  @ParameterizedTest
  @CsvSource({
    "debug_demo, debug_str",
    "customer_text, MsgId",
    "media_check, wxa_media_check",
    "unknown, sandbox_unknown_event"
  })
  void otherPushes_onDemand_areMade(String what, String part) throws Exception {
    start(rules());
    client.post("/sandbox/pushes", "{\"what\":\"%s\",\"open_id\":\"alice\"}".formatted(what));

    assertThat(textOf(pushes(1).get(0))).contains(part, "alice");
  }

  @Test
  void list_filtered_hasBodyAttemptsAndAnswers() throws Exception {
    receiver.answer(post -> new Reply(200, "thanks"));
    start(rules());
    String msgid = client.send(token, message("alice")).path("msgid").asText();
    assertEnded(1, SandboxPush.State.ANSWERED); // So that it is the receiver's first.
    client.post("/sandbox/pushes", "{\"what\":\"debug_demo\"}");
    assertEnded(2, SandboxPush.State.ANSWERED);

    JsonNode list = client.get("/sandbox/pushes?kind=sent&state=answered&open_id=alice&limit=5");

    assertThat(list.path("total").asInt()).isEqualTo(1);
    JsonNode push = list.path("pushes").get(0);
    assertThat(push.path("msgid").asText()).isEqualTo(msgid);
    assertThat(push.path("event").asText()).isEqualTo("subscribe_msg_sent_event");
    assertThat(push.path("body").asText()).isEqualTo(receiver.posts().get(0).body());
    assertThat(push.path("text").asText()).contains(msgid);
    assertThat(push.path("attempts").get(0).path("answer").asText()).isEqualTo("thanks");
    assertThat(client.get("/sandbox/pushes?msgid=" + msgid).path("total").asInt()).isEqualTo(1);
    assertThat(client.get("/sandbox/pushes?app_id=wx-other").path("total").asInt()).isZero();
    assertThat(client.get("/sandbox/state").path("pushes").path("answered").asInt()).isEqualTo(2);
  }

  @Test
  void resend_isTheSameBytes_orSignedAnew() throws Exception {
    start(rules());
    client.send(token, message("alice"));
    assertEnded(1, SandboxPush.State.DELIVERED);
    timer.advance(Duration.ofMinutes(30));

    client.post("/sandbox/pushes/1/resend", "");
    assertThat(pushes(2).get(1)).isEqualTo(receiver.posts().get(0));
    client.post("/sandbox/pushes/1/resend", "{\"anew\":true}");
    assertThat(pushes(3).get(2).query().get("timestamp"))
        .isEqualTo(Long.toString(timer.instant().getEpochSecond()));
    assertThat(client.post("/sandbox/pushes/99/resend", "").path("field").asText()).isEqualTo("id");
  }

  @Test
  void settings_changed_takeEffectAtOnce() throws Exception {
    start(rules());
    verifiedAs("verified");
    JsonNode answer =
        client.post(
            "/sandbox/push", "{\"mode\":\"plain\",\"format\":\"xml\",\"token\":\"other1\"}");
    assertThat(answer.path("mode").asText()).isEqualTo("plain");
    Eventually.until("verified again", () -> receiver.gets().size() == 2);
    verifiedAs("verified"); // So that no result comes after the settings are deleted.

    client.send(token, message("alice"));
    Received push = pushes(1).get(0);
    assertThat(push.body()).startsWith("<xml><ToUserName>");
    assertThat(push.query().get("signature"))
        .isEqualTo(
            PushCrypto.signature("other1", push.parameter("timestamp"), push.parameter("nonce")));
    assertThat(client.get("/sandbox/push").path("apps").path(APP).path("url").asText())
        .isEqualTo(receiver.url().toString());

    client.exchange(client.request("/sandbox/push").DELETE());
    client.send(token, message("bob"));
    assertThat(sandbox.pushes()).hasSize(1);
    assertThat(sandbox.state().pushes().verifications()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/sandbox/push          | {'url':'ftp://x/y'}                       | url",
        "/sandbox/push          | {'url':'http://a b'}                      | url",
        "/sandbox/push          | {'token':'x'}                             | token",
        "/sandbox/push          | {'aes_key':'short'}                       | aes_key",
        "/sandbox/push          | {'mode':'open'}                           | mode",
        "/sandbox/push          | {'app_id':'wx-other'}                     | app_id",
        "/sandbox/pushes        | {'what':'nonsense'}                       | what",
        "/sandbox/pushes        | {'what':'debug_demo','open_id':'a b'}     | open_id",
        "/sandbox/pushes/x/resend | {}                                      | id",
        "/sandbox/pushes/faults | {'what':'explode'}                        | what",
        "/sandbox/pushes/faults | {'what':'late'}                           | what",
        "/sandbox/pushes/faults | {'what':'duplicate=3'}                    | what",
        "/sandbox/pushes/faults | {'what':'duplicate','event':'birthday'}   | event",
        "/sandbox/pushes/faults | {'what':'duplicate','count':-1}           | count",
        "/sandbox/users/a/allow | {}                                        | template_ids",
        "/sandbox/users/a/allow | {'template_ids':[]}                       | template_ids",
        "/sandbox/users/a/allow | {'template_ids':['x']}                    | template_ids",
        "/sandbox/users/a/allow | {'template_ids':[$],'count':0}            | count",
        "/sandbox/users/a/allow | {'template_ids':[$],'keep':'never'}       | keep",
        "/sandbox/users/a/allow | {'template_ids':[$],'source':'post'}      | source",
        "/sandbox/users/a/allow | {'template_ids':[$],'source':'settings','count':2} | source",
        "/sandbox/users/a%20b/reject | {'template_ids':[$]}                 | open_id",
        "/sandbox/users/a/reject | {'template_ids':[$],'answer':'<x>'}      | answer",
      })
  void rubbish_posted_getsTheFieldToBlame(String path, String body, String field) throws Exception {
    start(rules());
    HttpResponse<String> response =
        client.postRaw(
            path, body.replace('\'', '"').replace("$", "\"" + SECKILL_TEMPLATE_ID + "\""));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(SandboxClient.json(response).path("field").asText()).isEqualTo(field);
    assertThat(SandboxClient.json(response).path("error").asText()).startsWith(field + ":");
    assertThat(sandbox.pushes()).isEmpty();
  }

  @Test
  void control_aboutPushes_isFreeOfSecrets() throws Exception {
    start(rules());
    String msgid = client.send(token, message("alice")).path("msgid").asText();
    client.post("/sandbox/pushes/faults", "{\"what\":\"stale\",\"event\":\"sent\",\"count\":2}");
    pushes(1);
    long number = client.get("/sandbox/messages").path("messages").get(0).path("number").asLong();

    StringBuilder all = new StringBuilder(sandbox.state().toString());
    for (JsonNode call : client.get("/sandbox").path("calls")) {
      String[] parts = call.asText().split(" ", 2);
      if (parts[0].equals("GET") && !parts[1].equals("/sandbox/events")) { // See EventsTest.
        all.append(client.get(parts[1].replace("{msgid}", msgid).replace("{number}", "" + number)));
      }
    }
    assertThat(client.get("/sandbox/pushes/faults").path("faults").get(0).path("what").asText())
        .isEqualTo("stale");
    assertThat(all.toString() + target() + rules())
        .contains("subscribe_msg_sent_event", "before-answer")
        .doesNotContain(PushReceiver.TOKEN)
        .doesNotContain(PushReceiver.KEY);
  }
}
