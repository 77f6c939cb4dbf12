package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.APP;
import static dev.wxnotify.sandbox.SandboxClient.SECRET;
import static dev.wxnotify.sandbox.SandboxClient.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuotaTest {

  private final MovableClock clock = new MovableClock();
  private Sandbox sandbox;
  private SandboxClient client;
  private String token;

  @BeforeEach
  void start() throws Exception {
    sandbox =
        Sandbox.start(
            SandboxOptions.builder()
                .tokenTtl(Duration.ofDays(60))
                .quota(SandboxEndpoint.SEND, new Quota(3, 2))
                .build(),
            clock);
    client = new SandboxClient(sandbox);
    token = client.stableToken();
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  private int send() throws Exception {
    return client.sendCode(token, message("somebody"));
  }

  private JsonNode quota(String path) throws Exception {
    return client.post(
        "/cgi-bin/openapi/quota/get?access_token=" + token, "{\"cgi_path\":\"" + path + "\"}");
  }

  private int clear(String appId) throws Exception {
    return client
        .post("/cgi-bin/clear_quota?access_token=" + token, "{\"appid\":\"" + appId + "\"}")
        .path("errcode")
        .asInt();
  }

  @Test
  void send_beyondMinuteThenDay_getsTheCodeOfEach() throws Exception {
    assertThat(send()).isZero();
    assertThat(send()).isZero();
    assertThat(send()).isEqualTo(45011);
    clock.advance(Duration.ofMinutes(1));
    assertThat(send()).isZero();
    assertThat(send()).isEqualTo(45009);
    clock.advance(Duration.ofHours(12));
    assertThat(send()).isZero();
  }

  @Test
  void quotaGet_afterSends_showsWhatIsLeft() throws Exception {
    send();

    JsonNode answer = quota("/cgi-bin/message/subscribe/send");

    assertThat(answer.path("errcode").asInt()).isZero();
    assertThat(answer.path("quota").toString())
        .isEqualTo("{\"daily_limit\":3,\"used\":1,\"remain\":2}");
    assertThat(answer.path("rate_limit").toString())
        .isEqualTo("{\"call_count\":2,\"refresh_second\":60}");
    assertThat(quota("/cgi-bin/none").path("errcode").asInt()).isEqualTo(76021);
    assertThat(quota("/sns/jscode2session").path("errcode").asInt()).isEqualTo(76022);
  }

  @ParameterizedTest
  @EnumSource(SandboxEndpoint.class)
  void quotaGet_ofEachPath_isKnown(SandboxEndpoint endpoint) throws Exception {
    assertThat(quota(endpoint.path()).path("errcode").asInt()).isZero();
    assertThat(quota(endpoint.path()).path("quota").has("daily_limit")).isTrue();
  }

  @Test
  void quotaGet_ofAQuotaOfTemplates_countsTheirCalls() throws Exception {
    try (Sandbox other =
        Sandbox.start(
            SandboxOptions.builder().quota(SandboxEndpoint.CATEGORIES, new Quota(1, 0)).build())) {
      SandboxClient caller = new SandboxClient(other);
      String access = "?access_token=" + caller.stableToken();

      caller.get("/wxaapi/newtmpl/getcategory" + access);

      assertThat(caller.get("/wxaapi/newtmpl/getcategory" + access).path("errcode").asInt())
          .isEqualTo(45009);
      assertThat(
              caller
                  .post(
                      "/cgi-bin/openapi/quota/get" + access,
                      "{\"cgi_path\":\"/wxaapi/newtmpl/getcategory\"}")
                  .path("quota")
                  .toString())
          .isEqualTo("{\"daily_limit\":1,\"used\":1,\"remain\":0}");
    }
  }

  @Test
  void clearQuota_tenTimesAMonth_letsSendsThrough() throws Exception {
    send();
    send();
    assertThat(send()).isEqualTo(45011);
    assertThat(clear("wx-other")).isEqualTo(40013);
    assertThat(clear(APP)).isZero();
    assertThat(send()).isZero();
    for (int i = 0; i < 9; i++) {
      assertThat(clear(APP)).isZero();
    }
    assertThat(clear(APP)).isEqualTo(48006);
    clock.advance(Duration.ofDays(7));
    assertThat(clear(APP)).isZero();
  }

  @Test
  void clearQuotaV2_bySecret_sharesTheTenTimesAMonth() throws Exception {
    String path = "/cgi-bin/clear_quota/v2";
    String inQuery = path + "?appid=" + APP + "&appsecret=";
    send();
    send();
    assertThat(client.post(inQuery + "wrong", "").path("errcode").asInt()).isEqualTo(40125);
    assertThat(client.post(path, "").path("errcode").asInt()).isEqualTo(41002);
    assertThat(send()).isEqualTo(45011);
    assertThat(client.post(inQuery + SECRET, "").path("errcode").asInt()).isZero();
    assertThat(send()).isZero();
    String body = "{\"appid\":\"" + APP + "\",\"appsecret\":\"" + SECRET + "\"}";
    for (int i = 0; i < 9; i++) {
      assertThat(client.post(path, body).path("errcode").asInt()).isZero();
    }
    assertThat(clear(APP)).isEqualTo(48006);
  }

  @Test
  void templates_listed_haveTheDocumentedShape() throws Exception {
    JsonNode answer = client.get("/wxaapi/newtmpl/gettemplate?access_token=" + token);

    assertThat(answer.path("errcode").asInt()).isZero();
    JsonNode seckill = answer.path("data").get(0);
    assertThat(seckill.path("priTmplId").asText()).isEqualTo(SandboxTemplates.SECKILL_TEMPLATE_ID);
    assertThat(seckill.path("content").asText())
        .isEqualTo("商品名称:{{thing1.DATA}}\n开始时间:{{time2.DATA}}\n温馨提示:{{thing3.DATA}}\n");
    assertThat(seckill.path("type").asInt()).isEqualTo(2);
    assertThat(seckill.has("keywordEnumValueList")).isFalse();
    JsonNode device = answer.path("data").get(2);
    assertThat(device.path("type").asInt()).isEqualTo(3);
    assertThat(device.path("keywordEnumValueList").toString())
        .isEqualTo(
            "[{\"keywordCode\":\"enum_string2.DATA\",\"enumValueList\":[\"运行中\",\"已完成\",\"故障\"]}]");
    assertThat(client.get("/wxaapi/newtmpl/gettemplate").path("errcode").asInt()).isEqualTo(41001);
  }

  @Test
  void templates_examples_areAccepted() {
    for (SandboxTemplate template : SandboxTemplates.ALL) {
      for (SandboxTemplate.Keyword keyword : template.keywords()) {
        assertThat(KeywordType.of(keyword.name()).accepts(keyword.example()))
            .as(keyword.name())
            .isTrue();
      }
    }
  }

  @Test
  void enumeration_valueNotListed_isInvalid() throws Exception {
    String data =
        """
        {"time1":{"value":"12:00"},"enum_string2":{"value":"%s"},"short_thing3":{"value":"x"}}""";
    String id = SandboxTemplates.DEVICE_TEMPLATE_ID;

    assertThat(client.sendCode(token, message("a", id, "index", data.formatted("故障")))).isZero();
    JsonNode refused = client.send(token, message("a", id, "index", data.formatted("飞行中")));
    assertThat(refused.path("errmsg").asText())
        .startsWith("argument invalid! data.enum_string2.value invalid rid: ");
  }
}
