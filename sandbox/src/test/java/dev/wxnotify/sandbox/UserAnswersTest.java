package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.APP;
import static dev.wxnotify.sandbox.SandboxClient.message;
import static dev.wxnotify.sandbox.SandboxTemplates.DEVICE_TEMPLATE_ID;
import static dev.wxnotify.sandbox.SandboxTemplates.ORDER_TEMPLATE_ID;
import static dev.wxnotify.sandbox.SandboxTemplates.SECKILL_TEMPLATE_ID;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users do, in the ledger and as pushes. */
class UserAnswersTest extends PushCase {

  @Test
  void allow_inADialog_givesCreditsAndIsPushed() throws Exception {
    start(rules());
    JsonNode answer =
        allow(
            "alice", "{\"template_ids\":[\"%s\",\"%s\"]}", SECKILL_TEMPLATE_ID, ORDER_TEMPLATE_ID);

    assertThat(answer.path("pushes").asInt()).isEqualTo(1);
    JsonNode text = MAPPER.readTree(textOf(pushes(1).get(0)));
    assertThat(text.path("Event").asText()).isEqualTo("subscribe_msg_popup_event");
    assertThat(text.path("List").toString())
        .isEqualTo(
            ("[{\"PopupScene\":\"0\",\"SubscribeStatusString\":\"accept\",\"TemplateId\":\"%s\"},"
                    + "{\"PopupScene\":\"0\",\"SubscribeStatusString\":\"accept\",\"TemplateId\":\"%s\"}]")
                .formatted(SECKILL_TEMPLATE_ID, ORDER_TEMPLATE_ID));
    assertThat(client.sendCode(token, message("alice"))).isZero();
    assertThat(client.sendCode(token, message("alice"))).isEqualTo(43101);
  }

  @Test
  void allow_severalTimes_isPushedASecondApart() throws Exception {
    start(rules());
    allow("alice", "{\"template_ids\":[\"%s\"],\"count\":3,\"scene\":\"1\"}", SECKILL_TEMPLATE_ID);

    long now = timer.instant().getEpochSecond();
    assertThat(pushes(3))
        .extracting(post -> json(textOf(post)).path("CreateTime").asLong())
        .containsExactlyInAnyOrder(now - 2, now - 1, now);
    assertThat(textOf(receiver.posts().get(0))).contains("\"PopupScene\":\"1\"");
    assertThat(IntStream.range(0, 4).map(i -> sendCode("alice")).boxed())
        .containsExactly(0, 0, 0, 43101);
  }

  @Test
  void reject_takesAllCredits_andALaterAcceptReopens() throws Exception {
    start(rules());
    sandbox.allow(APP, "alice", List.of(SECKILL_TEMPLATE_ID), 2);
    JsonNode answer =
        client.post(
            "/sandbox/users/alice/reject",
            "{\"template_ids\":[\"%s\"],\"source\":\"settings\"}".formatted(SECKILL_TEMPLATE_ID));

    assertThat(answer.path("pushes").asInt()).isEqualTo(1);
    assertThat(sendCode("alice")).isEqualTo(43101);
    assertThat(pushes(3)) // In any order: pushes do not wait for each other.
        .extracting(PushCase::textOf)
        .filteredOn(text -> text.contains("subscribe_msg_change_event"))
        .singleElement(as(STRING))
        .doesNotContain("PopupScene");

    allow("alice", "{\"template_ids\":[\"%s\"]}", SECKILL_TEMPLATE_ID);
    assertThat(sendCode("alice")).isZero();
    assertThat(sendCode("alice")).isEqualTo(43101);
  }

  @Test
  void reject_inADialog_andOtherWords_arePushed() throws Exception {
    start(rules());
    String path = "/sandbox/users/bob/reject";
    client.post(path, "{\"template_ids\":[\"%s\"]}".formatted(SECKILL_TEMPLATE_ID));
    assertThat(textOf(pushes(1).get(0))).contains("popup_event", "\"reject\"");
    assertThat(sendCode("bob")).isEqualTo(43101);

    client.post(
        path.replace("bob", "carol"),
        "{\"template_ids\":[\"%s\"],\"answer\":\"ban\"}".formatted(SECKILL_TEMPLATE_ID));
    assertThat(textOf(pushes(2).get(1))).contains("\"ban\"");
    assertThat(sendCode("carol")).isZero();
  }

  @Test
  void allow_inTheSettings_isNotPushed() throws Exception {
    start(rules());
    JsonNode answer =
        allow("alice", "{\"template_ids\":[\"%s\"],\"source\":\"settings\"}", DEVICE_TEMPLATE_ID);

    assertThat(answer.path("pushes").asInt()).isZero();
    assertThat(sandbox.pushes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void allow_keptChoice_isPushedAsTheSwitchSays(boolean silentAccepts) throws Exception {
    start(rules().with(new PushStyle(false, false, null, silentAccepts)));
    String body = "{\"template_ids\":[\"%s\"],\"keep\":\"always\"}";

    assertThat(allow("alice", body, SECKILL_TEMPLATE_ID).path("pushes").asInt()).isEqualTo(1);
    assertThat(allow("alice", body, SECKILL_TEMPLATE_ID).path("pushes").asInt())
        .isEqualTo(silentAccepts ? 1 : 0);
    assertThat(sendCode("alice")).isZero();
    assertThat(sendCode("alice")).isZero();
    assertThat(sendCode("alice")).isEqualTo(43101);

    sandbox.reject(APP, "alice", List.of(SECKILL_TEMPLATE_ID));
    assertThat(allow("alice", body, SECKILL_TEMPLATE_ID).path("pushes").asInt()).isEqualTo(1);
  }
}
