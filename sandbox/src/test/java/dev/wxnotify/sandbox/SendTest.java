package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.DATA;
import static dev.wxnotify.sandbox.SandboxClient.message;
import static dev.wxnotify.sandbox.SandboxTemplates.SECKILL_TEMPLATE_ID;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SendTest {

  private static final String UNKNOWN_TEMPLATE = "x".repeat(43);

  private final MovableClock clock = new MovableClock();
  private Sandbox sandbox;
  private SandboxClient client;
  private String token;

  @BeforeEach
  void start() throws Exception {
    use(SandboxOptions.defaults());
  }

  private void use(SandboxOptions options) throws Exception {
    if (sandbox != null) {
      sandbox.close();
    }
    sandbox = Sandbox.start(options, clock);
    client = new SandboxClient(sandbox);
    token = client.stableToken();
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  @Test
  void send_inOrder_isAcceptedWithGrowingMsgidAbove2To53() throws Exception {
    HttpResponse<String> first =
        client.postRaw(SandboxClient.sendPath(token), message("open-id-1"));
    JsonNode second = client.send(token, message("open-id-2"));

    JsonNode json = SandboxClient.json(first);
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.headers().firstValue("content-type"))
        .hasValue("application/json; encoding=utf-8");
    assertThat(json.path("errcode").asInt()).isZero();
    assertThat(json.path("errmsg").asText()).isEqualTo("ok");
    assertThat(json.path("msgid").asLong()).isGreaterThan(1L << 53);
    assertThat(second.path("msgid").asLong()).isGreaterThan(json.path("msgid").asLong());
  }

  @Test
  void send_accepted_isKeptByteForByte() throws Exception {
    String body = message("open-id-1");

    client.send(token, body);

    assertThat(sandbox.messages()).hasSize(1);
    AcceptedMessage kept = sandbox.messages().get(0);
    assertThat(kept.body().text()).isEqualTo(body);
    assertThat(kept.openId()).isEqualTo("open-id-1");
    assertThat(kept.appId()).isEqualTo(SandboxOptions.APP_ID);
    assertThat(kept.time()).isEqualTo(clock.instant());
    assertThat(sandbox.state().sendsAccepted()).isEqualTo(1);
  }

  @Test
  void send_sameBodyTwice_countsADuplicate() throws Exception {
    client.send(token, message("open-id-1"));
    client.send(token, message("open-id-1"));
    client.send(token, message("open-id-2"));

    assertThat(sandbox.state().duplicates()).isEqualTo(1);
  }

  @Test
  void send_severalThingsWrong_namesTheFirstInWeChatsOrder() throws Exception {
    use(
        SandboxOptions.builder()
            .subscriptions(
                List.of(
                    Subscription.rejected(SandboxOptions.APP_ID, "refuser", SECKILL_TEMPLATE_ID)))
            .build());
    String bad = "{\"thing1\":{\"value\":\"blacklisted\"}}";
    String worse = "{\"thing1\":{\"value\":\"\"}}";

    assertThat(client.sendCode("unknown", "{")).isEqualTo(40001);
    assertThat(client.sendCode(token, "{")).isEqualTo(47001);
    assertThat(client.sendCode(token, message("no open id", UNKNOWN_TEMPLATE, "pages/none", bad)))
        .isEqualTo(40003);
    assertThat(client.sendCode(token, message("refuser", UNKNOWN_TEMPLATE, "pages/none", bad)))
        .isEqualTo(40037);
    assertThat(client.sendCode(token, message("refuser", SECKILL_TEMPLATE_ID, "pages/none", bad)))
        .isEqualTo(43101);
    assertThat(client.sendCode(token, message("o", SECKILL_TEMPLATE_ID, "pages/none", bad)))
        .isEqualTo(41030);
    assertThat(client.sendCode(token, message("o", SECKILL_TEMPLATE_ID, "index", bad)))
        .isEqualTo(45168);
    assertThat(client.sendCode(token, message("o", SECKILL_TEMPLATE_ID, "index", worse)))
        .isEqualTo(47003);
  }

  @Test
  void send_keysInCamelCase_areNotRead() throws Exception {
    String body = message("o").replace("touser", "toUser");
    String templateId = message("o").replace("template_id", "templateId");

    assertThat(client.sendCode(token, body)).isEqualTo(40003);
    assertThat(client.sendCode(token, templateId)).isEqualTo(40037);
  }

  @Test
  void send_unknownFields_areTolerated() throws Exception {
    String body =
        message("o")
            .replace("{\"touser\"", "{\"form_id\":\"1\",\"touser\"")
            .replace(
                "\"thing1\":{", "\"extra9\":{\"value\":\"x\"},\"thing1\":{\"color\":\"#fff\",");

    assertThat(client.sendCode(token, body)).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                            | thing1 | is empty",
        "\"{}\"                                        | thing1 | is empty",
        "{'thing1.DATA':{'value':'x'}}                 | thing1 | is empty",
        "{'thing1':'bare'}                             | thing1 | is empty",
        "{'thing1':{'value':''}}                       | thing1 | is empty",
        "{'thing1':{'value':null}}                     | thing1 | is empty",
        "{'thing1':{'value':'123456789012345678901'}}  | thing1 | invalid",
        "{'thing1':{'value':'a'},'time02':{'value':'x'}} | time2 | is empty",
        "{'thing1':{'value':'a'},'time2':{'value':'soon'}} | time2 | invalid",
      })
  void send_badValue_namesTheKeyword(String data, String keyword, String what) throws Exception {
    JsonNode answer =
        client.send(token, message("o", SECKILL_TEMPLATE_ID, "index", data.replace('\'', '"')));

    assertThat(answer.path("errcode").asInt()).isEqualTo(47003);
    assertThat(answer.path("errmsg").asText())
        .matches(
            "argument invalid! data\\."
                + keyword
                + "\\.value "
                + what
                + " rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}");
  }

  @Test
  void send_wrongMethodOrBody_getsTheGatewaysErrors() throws Exception {
    String path = SandboxClient.sendPath(token);
    HttpResponse<String> notUtf8 =
        client.exchange(
            client
                .request(path)
                .POST(BodyPublishers.ofByteArray(new byte[] {'{', '"', (byte) 0xff, '"', '}'})));
    HttpResponse<String> form =
        client.exchange(
            client
                .request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("touser=o")));

    assertThat(client.get(path).path("errcode").asInt()).isEqualTo(43002);
    assertThat(client.post(path, "").path("errcode").asInt()).isEqualTo(44002);
    assertThat(client.post(path, "[]").path("errcode").asInt()).isEqualTo(47001);
    assertThat(client.post(path, "{} {}").path("errcode").asInt()).isEqualTo(47001);
    assertThat(SandboxClient.json(notUtf8).path("errcode").asInt()).isEqualTo(47001);
    assertThat(SandboxClient.json(form).path("errcode").asInt()).isEqualTo(47001);
    assertThat(client.post("/cgi-bin/message/subscribe/send", "{}").path("errcode").asInt())
        .isEqualTo(41001);
    assertThat(client.post("/cgi-bin/none", "{}").path("errcode").asInt()).isEqualTo(40066);
  }

  @Test
  void send_oneTimeSubscription_isUsedUpBySuccessOnly() throws Exception {
    use(
        SandboxOptions.builder()
            .subscriptions(
                List.of(
                    Subscription.oneTime(SandboxOptions.APP_ID, "once", SECKILL_TEMPLATE_ID, 1)))
            .build());

    assertThat(client.sendCode(token, message("once", SECKILL_TEMPLATE_ID, "index", "{}")))
        .isEqualTo(47003);
    assertThat(client.sendCode(token, message("once"))).isZero();
    assertThat(client.sendCode(token, message("once"))).isEqualTo(43101);
  }

  @Test
  void send_strictLedger_requiresAGrant() throws Exception {
    use(
        SandboxOptions.builder()
            .sends(new SendRules(true, false, false, 0, 45011, Set.of()))
            .build());

    assertThat(client.sendCode(token, message("user"))).isEqualTo(43101);
    sandbox.subscribe(Subscription.longTerm(SandboxOptions.APP_ID, "user", SECKILL_TEMPLATE_ID));
    assertThat(client.sendCode(token, message("user"))).isZero();
    assertThat(client.sendCode(token, message("user"))).isZero();
  }

  @Test
  void send_failuresTakeCredit_usesUpTheSubscription() throws Exception {
    use(
        SandboxOptions.builder()
            .sends(new SendRules(false, true, false, 0, 45011, Set.of()))
            .subscriptions(
                List.of(
                    Subscription.oneTime(SandboxOptions.APP_ID, "once", SECKILL_TEMPLATE_ID, 1)))
            .build());

    assertThat(client.sendCode(token, message("once", SECKILL_TEMPLATE_ID, "index", "{}")))
        .isEqualTo(47003);
    assertThat(client.sendCode(token, message("once"))).isEqualTo(43101);
  }

  @Test
  void send_olderAnswers_lookTheirAge() throws Exception {
    use(
        SandboxOptions.builder()
            .answers(new AnswerStyle(AnswerStyle.Errmsg.HINT, true, false))
            .build());

    assertThat(client.send(token, message("o")).has("msgid")).isFalse();
    assertThat(
            client
                .send(
                    token,
                    message(
                        "o",
                        SandboxTemplates.ORDER_TEMPLATE_ID,
                        "index",
                        "{\"character_string1\":{\"value\":\"中\"}}"))
                .path("errmsg")
                .asText())
        .matches("argument invalid! data\\.character_string1\\.value i hint: \\[[0-9a-f]{12}\\]");
  }

  @Test
  void send_moreThanTheSecondAllows_isToldSoUntilTheNext() throws Exception {
    use(
        SandboxOptions.builder()
            .sends(new SendRules(false, false, false, 2, -1, Set.of()))
            .build());

    assertThat(client.sendCode(token, message("a"))).isZero();
    assertThat(client.sendCode(token, message("b"))).isZero();
    assertThat(client.sendCode(token, message("c"))).isEqualTo(-1);
    clock.advance(Duration.ofSeconds(1));
    assertThat(client.sendCode(token, message("d"))).isZero();
  }

  @Test
  void send_rid_beginsWithTheTime() throws Exception {
    String errmsg = client.send(token, message("sandbox-43101")).path("errmsg").asText();

    assertThat(errmsg)
        .startsWith(
            "user refuse to accept the msg rid: %08x-".formatted(clock.instant().getEpochSecond()));
  }

  @Test
  void send_dataOfOtherTemplate_isCheckedAgainstItsOwnKeywords() throws Exception {
    JsonNode answer =
        client.send(token, message("o", SandboxTemplates.ORDER_TEMPLATE_ID, "index", DATA));

    assertThat(answer.path("errmsg").asText())
        .startsWith("argument invalid! data.character_string1.value is empty");
  }
}
