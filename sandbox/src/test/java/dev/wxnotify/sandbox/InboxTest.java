package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.APP;
import static dev.wxnotify.sandbox.SandboxClient.DATA;
import static dev.wxnotify.sandbox.SandboxClient.message;
import static dev.wxnotify.sandbox.SandboxTemplates.DEVICE_TEMPLATE_ID;
import static dev.wxnotify.sandbox.SandboxTemplates.ORDER_TEMPLATE_ID;
import static dev.wxnotify.sandbox.SandboxTemplates.SECKILL_TEMPLATE_ID;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is shown of each send, and how it is found. */
class InboxTest extends PushCase {

  private JsonNode newest() throws Exception {
    JsonNode last = client.get("/sandbox/received?limit=1").path("received").get(0);
    return client.get("/sandbox/received/" + last.path("number").asLong());
  }

  @Test
  void detail_ofAnAcceptedMessage_hasEverything() throws Exception {
    start(rules());
    JsonNode answered = client.send(token, message("alice"));
    pushes(1);
    assertEnded(1, SandboxPush.State.DELIVERED);
    assertThat(answered.path("errcode").asInt()).isZero();

    JsonNode detail = newest();

    assertThat(detail.path("app_id").asText()).isEqualTo(APP);
    assertThat(detail.path("open_id").asText()).isEqualTo("alice");
    assertThat(detail.path("title").asText()).isEqualTo("秒杀开始提醒");
    assertThat(detail.path("page").asText()).isEqualTo("pages/index");
    assertThat(detail.path("lang").asText()).isEqualTo("zh_CN");
    assertThat(detail.path("miniprogram_state").asText()).isEqualTo("formal");
    assertThat(detail.path("msgid").asText()).isEqualTo(answered.path("msgid").asText());
    assertThat(detail.path("keywords")).hasSize(3);
    JsonNode goods = detail.path("keywords").get(0);
    assertThat(goods.path("keyword").asText()).isEqualTo("thing1");
    assertThat(goods.path("label").asText()).isEqualTo("商品名称");
    assertThat(goods.path("value").asText()).isEqualTo("机械键盘");
    assertThat(goods.path("length").asInt()).isEqualTo(4);
    assertThat(goods.path("limit").asInt()).isEqualTo(20);
    assertThat(goods.path("ok").asBoolean()).isTrue();
    assertThat(goods.has("why")).isFalse();
    assertThat(detail.path("unknown_keywords")).isEmpty();
    assertThat(detail.path("request").asText())
        .startsWith(
            "POST /cgi-bin/message/subscribe/send?access_token=******** HTTP/1.1\r\n"
                + "Content-Type: application/json\r\n\r\n{")
        .endsWith(message("alice"));
    assertThat(detail.path("answer").asText())
        .startsWith("HTTP/1.1 200 OK\r\nContent-Type: application/json; encoding=utf-8\r\n")
        .endsWith("\r\n\r\n" + answered);
    assertThat(detail.path("receipts").get(0).path("msgid").asText())
        .isEqualTo(detail.path("msgid").asText());
    assertThat(client.get("/sandbox/messages/" + detail.path("msgid").asText()))
        .isEqualTo(newest());
  }

  @ParameterizedTest
  @CsvSource({
    "thing1, 123456789012345678901, too_long",
    "thing1, '', empty",
    "thing1, a\\nb, control_character",
    "thing1, blacklisted, forbidden_word",
    "time2, tomorrow, wrong_form",
    "thing9, more, unknown"
  })
  void checks_sayWhatIsWrong(String keyword, String value, String problem) throws Exception {
    start(PushRules.NONE);
    String data =
        DATA.replaceFirst("\"" + keyword + "\":\\{[^}]*},?", "")
            .replaceFirst(
                "^\\{",
                "{\"%s\":{\"value\":\"%s\"},".formatted(keyword, value).replace("\\", "\\\\"));
    client.send(token, message("alice", SECKILL_TEMPLATE_ID, "", data.replace(",}", "}")));

    List<JsonNode> wrong = new ArrayList<>();
    newest().path("keywords").forEach(wrong::add);
    newest().path("unknown_keywords").forEach(wrong::add);
    wrong.removeIf(check -> !check.has("problem"));

    assertThat(wrong).hasSize(1);
    assertThat(wrong.get(0).path("keyword").asText()).isEqualTo(keyword);
    assertThat(wrong.get(0).path("problem").asText()).isEqualTo(problem);
    assertThat(wrong.get(0).path("why").asText()).isNotEmpty();
    assertThat(wrong.get(0).path("ok").asBoolean()).isEqualTo(problem.equals("unknown"));
  }

  @Test
  void checks_ofOtherTemplates_nameMissingAndUnlistedOnes() throws Exception {
    start(PushRules.NONE);
    client.send(
        token,
        message(
            "alice",
            DEVICE_TEMPLATE_ID,
            "",
            "{\"enum_string2\":{\"value\":\"爆炸\"},\"short_thing3\":{\"value\":\"阳台\"}}"));
    JsonNode device = newest().path("keywords");
    client.send(token, message("alice", ORDER_TEMPLATE_ID.replace('q', 'x'), "", DATA));
    JsonNode unknown = newest();
    client.send(token, "no JSON");
    JsonNode rubbish = newest();

    assertThat(device.get(0).path("problem").asText()).isEqualTo("missing");
    assertThat(device.get(1).path("problem").asText()).isEqualTo("not_listed");
    assertThat(device.get(2).path("ok").asBoolean()).isTrue();
    assertThat(unknown.path("title").asText()).isEmpty();
    assertThat(unknown.path("keywords")).hasSize(3);
    assertThat(unknown.path("keywords").get(0).path("problem").asText()).isEqualTo("no_template");
    assertThat(rubbish.path("errcode").asInt()).isEqualTo(47001);
    assertThat(rubbish.path("rid").asText()).isNotEmpty();
    assertThat(rubbish.path("request").asText()).endsWith("\r\n\r\nno JSON");
    assertThat(rubbish.path("keywords")).isEmpty();
  }

  /** What the inbox says of the values is what decides. */
  @ParameterizedTest
  @EnumSource(KeywordType.class)
  void checks_agreeWithTheSend(KeywordType type) {
    SandboxTemplate.Keyword keyword =
        new SandboxTemplate.Keyword(
            (type.label().isEmpty() ? "unheard" : type.label()) + "1", "", "");
    SandboxTemplate template =
        new SandboxTemplate(SECKILL_TEMPLATE_ID, "", false, List.of(keyword));
    KeywordChecks checks = new KeywordChecks(SendRules.DEFAULT);
    MessageCheck check = new MessageCheck(SendRules.DEFAULT);
    for (String value :
        List.of(
            "",
            "x",
            "中",
            "中文",
            "7",
            "1.5",
            "20:00",
            "2026-11-24",
            "￥9元",
            "!",
            "x".repeat(33),
            "中".repeat(21),
            "😀".repeat(11),
            "a\tb",
            "+86-1",
            "粤A12345",
            "blacklisted")) {
      var sent = Json.object();
      sent.putObject("data").putObject(keyword.name()).put("value", value);
      KeywordCheck shown = checks.of(sent.path("data"), template).get(0);
      boolean accepted = true;
      try {
        check.check(sent, template);
      } catch (Refused e) {
        accepted = false;
      }
      assertThat(shown.ok()).as(type + " " + value).isEqualTo(accepted);
      assertThat(shown.problem() == null).isEqualTo(accepted);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sandbox-html-502     | 502 | HTTP/1.1 502 Bad Gateway |",
        "sandbox-reset-after  | 0   |                          | reset",
        "sandbox-no-answer    | 0   |                          | silent",
        "sandbox-half-answer  | 0   | HTTP/1.1 200 OK          | reset",
        "sandbox-interim-103  | 0   | HTTP/1.1 103 Early Hints |",
        "sandbox-until-close  | 0   | HTTP/1.1 200 OK          | close",
        "sandbox-oversized-body | 0 | HTTP/1.1 200 OK          |"
      })
  void detail_ofASpoiltAnswer_showsTheWire(String openId, int errcode, String begin, String end)
      throws Exception {
    start(PushRules.NONE);
    try (RawCaller caller = new RawCaller(sandbox)) {
      caller.send(token, openId);
      Eventually.until("it was read", () -> sandbox.received().size() == 1);
    }

    JsonNode detail = newest();

    assertThat(detail.path("errcode").asInt()).isEqualTo(errcode);
    assertThat(detail.path("effect").asText()).isNotEmpty();
    assertThat(detail.path("answer").asText()).startsWith(begin == null ? "" : begin);
    assertThat(detail.path("answer").asText().length()).isLessThanOrEqualTo(RawTexts.MOST + 1);
    assertThat(detail.path("end").asText()).isEqualTo(end == null ? "" : end);
  }

  /** Wherever a caller writes its token, it is not shown. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/cgi-bin/message/subscribe/send?access_token=%s&x=1",
        "/cgi-bin/message/subscribe/send?a=%%20b&access_token=%s",
        "/cgi-bin/message/subscribe/send?cloudbase_access_token=%s"
      })
  void token_isMaskedInTheRequest(String path) throws Exception {
    start(PushRules.NONE);
    String body = message("alice").replaceFirst("\\{", "{\"access_token\":\"" + token + "\",");
    client.post(path.formatted(token), body);

    assertThat(newest().toString()).contains("access_token=********").doesNotContain(token);
  }

  @Test
  void numbers_goOnOverResets_andUnknownOnesAre404() throws Exception {
    start(PushRules.NONE);
    client.send(token, message("a"));
    long before = newest().path("number").asLong();
    sandbox.reset();
    client.send(token, message("b"));

    assertThat(newest().path("number").asLong()).isGreaterThan(before);
    for (String path :
        List.of("/sandbox/received/" + before, "/sandbox/messages/1", "/sandbox/received/99999")) {
      assertThat(client.exchange(client.request(path)).statusCode()).isEqualTo(404);
    }
    assertThat(client.exchange(client.request("/sandbox/received/x")).statusCode()).isEqualTo(400);
  }

  @Test
  void filters_findWhatTheySay() throws Exception {
    start(rules());
    client.send(token, message("alice").replace("机械键盘", "Coffee"));
    client.send(token, message("alicia"));
    client.send(token, message("bob"));
    client.send(token, message("sandbox-43101"));
    pushes(3);
    assertEnded(3, SandboxPush.State.DELIVERED);

    assertThat(received("open_id=alice")).isEqualTo(1);
    assertThat(received("open_id_part=lic")).isEqualTo(2);
    assertThat(received("errcode=0")).isEqualTo(3);
    assertThat(received("errcode=43101")).isEqualTo(1);
    assertThat(received("text=cOFFee")).isEqualTo(1);
    assertThat(received("text=coffees")).isZero();
    assertThat(received("text=pages/index&open_id=bob")).isEqualTo(1);
    assertThat(received("template_id=" + SECKILL_TEMPLATE_ID)).isEqualTo(4);
    assertThat(received("template_id=" + ORDER_TEMPLATE_ID)).isZero();
    assertThat(received("app_id=wx-other")).isZero();
    assertThat(received("receipt=delivered")).isEqualTo(3);
    assertThat(received("receipt=none")).isEqualTo(1);
    assertThat(received("receipt=failed")).isZero();
    String msgid =
        client.get("/sandbox/messages?open_id=bob").path("messages").get(0).path("msgid").asText();
    client.post("/sandbox/messages/" + msgid + "/receipt", "{\"result\":\"failed\"}");
    assertThat(
            client
                .get("/sandbox/messages?receipt=failed&wait=60s")
                .path("messages")
                .get(0)
                .path("open_id")
                .asText())
        .isEqualTo("bob");
  }

  private int received(String query) throws Exception {
    return client.get("/sandbox/received?" + query).path("total").asInt();
  }

  @Test
  void pages_byNumber_haveEachMessageOnce_andFewAtATime() throws Exception {
    start(PushRules.NONE);
    for (int i = 0; i < 25; i++) {
      client.send(token, message("user-" + i));
    }
    InboxMessages inbox = sandbox.inboxMessages();
    List<String> seen = new ArrayList<>();
    long before = 0;
    do {
      InboxMessages.Part part = inbox.list(InboxFilter.ALL, before, 10);
      assertThat(part.messages()).hasSizeLessThanOrEqualTo(10);
      part.messages().forEach(each -> seen.add(each.openId()));
      client.send(token, message("meanwhile"));
      before = part.before();
    } while (before != 0);

    assertThat(seen).hasSize(25).doesNotHaveDuplicates().startsWith("user-24").endsWith("user-0");
    assertThat(inbox.total()).isEqualTo(28);
  }

  @Test
  void kept_boundsBothLists() throws Exception {
    sandbox = Sandbox.start(SandboxOptions.builder().kept(3).build());
    client = new SandboxClient(sandbox);
    token = client.stableToken();
    client.send(token, message("alice"));
    long first = newest().path("number").asLong();
    for (int i = 0; i < 5; i++) {
      client.send(token, message("sandbox-43101"));
    }

    assertThat(sandbox.received()).hasSize(3);
    assertThat(sandbox.messages()).hasSize(1);
    assertThat(client.get("/sandbox/received/" + first).path("open_id").asText())
        .isEqualTo("alice");
    for (int i = 0; i < 5; i++) {
      client.send(token, message("bob"));
    }
    assertThat(sandbox.messages()).hasSize(3);
    assertThat(client.exchange(client.request("/sandbox/received/" + first)).statusCode())
        .isEqualTo(404);
  }

  @Test
  void users_areThoseOfSendsAndOfTheLedger() throws Exception {
    start(PushRules.NONE);
    client.send(token, message("alice"));
    client.send(token, message("sandbox-43101"));
    sandbox.subscribe(Subscription.oneTime(APP, "carol", SECKILL_TEMPLATE_ID, 2));
    sandbox.user("alice").rejects(SECKILL_TEMPLATE_ID);
    InboxUsers users = sandbox.inboxUsers();

    assertThat(users.list("", "", 10).stream().map(InboxUser::openId))
        .containsExactly("sandbox-43101", "alice", "carol");
    assertThat(users.list(APP, "aro", 10)).hasSize(1);
    assertThat(users.list("", "", 1)).hasSize(1);
    assertThat(users.find(APP, "carol").subscriptions().get(0).credits()).isEqualTo(2);
    assertThat(users.find(APP, "alice").subscriptions().get(0).allowed()).isFalse();
    assertThat(users.find(APP, "dave").subscriptions().get(0).credits()).isEqualTo(-1);
  }

  @Test
  void tokens_areShownByTheirTimes() throws Exception {
    start(PushRules.NONE);
    InboxTokens tokens = sandbox.inboxTokens();

    assertThat(tokens.list()).hasSize(2);
    assertThat(tokens.list().get(0).expiresAt()).isNull();
    assertThat(tokens.list().get(1).valid()).isTrue();
    sandbox.revokeToken(APP, RevokeMode.DEAD);
    assertThat(tokens.list().get(1).valid()).isFalse();
  }
}
