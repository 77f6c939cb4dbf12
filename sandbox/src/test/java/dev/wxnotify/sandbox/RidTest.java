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

class RidTest {

  private static final String OTHER_APP = "wxother0000000001";
  private static final String OTHER_SECRET = "other-secret";

  private final MovableClock clock = new MovableClock();
  private Sandbox sandbox;
  private SandboxClient client;
  private String token;

  @BeforeEach
  void start() throws Exception {
    sandbox =
        Sandbox.start(
            SandboxOptions.builder()
                .app(APP, SECRET)
                .app(OTHER_APP, OTHER_SECRET)
                .tokenTtl(Duration.ofDays(60))
                .build(),
            clock);
    client = new SandboxClient(sandbox);
    token = client.stableToken();
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  private JsonNode lookUp(String token, String rid) throws Exception {
    return client.post(
        "/cgi-bin/openapi/rid/get?access_token=" + token, "{\"rid\":\"" + rid + "\"}");
  }

  private static int errcode(JsonNode answer) {
    return answer.path("errcode").asInt();
  }

  private static String ridOf(JsonNode answer) {
    String errmsg = answer.path("errmsg").asText();
    return errmsg.substring(errmsg.indexOf("rid: ") + "rid: ".length());
  }

  @Test
  void rid_ofASend_showsRequestAndAnswer_withoutTheToken() throws Exception {
    String body = message("sandbox-43101");
    JsonNode refused = client.send(token, body);

    JsonNode answer = lookUp(token, ridOf(refused));

    assertThat(errcode(answer)).isZero();
    JsonNode request = answer.path("request");
    assertThat(request.path("invoke_time").asLong()).isEqualTo(clock.instant().getEpochSecond());
    assertThat(request.path("cost_in_ms").isIntegralNumber()).isTrue();
    assertThat(request.path("request_url").asText()).isEqualTo("access_token=********");
    assertThat(request.path("request_body").asText()).isEqualTo(body);
    assertThat(request.path("response_body").asText()).isEqualTo(refused.toString());
    assertThat(request.path("client_ip").asText()).isEqualTo("127.xx.0.1");
    assertThat(answer.toString()).doesNotContain(token);
  }

  @Test
  void rid_ofATokenCall_hidesTheSecret() throws Exception {
    sandbox.addFault(Fault.on(SandboxEndpoint.STABLE_TOKEN, Effect.errcode(-1)).times(1));
    sandbox.addFault(Fault.on(SandboxEndpoint.TOKEN, Effect.errcode(-1)).times(1));
    String stable = ridOf(client.stable(false));
    String classic = ridOf(client.get(SandboxClient.classicPath(APP, SECRET)));

    JsonNode ofStable = lookUp(token, stable).path("request");
    JsonNode ofClassic = lookUp(token, classic).path("request");

    assertThat(ofStable.path("request_body").asText())
        .isEqualTo(SandboxClient.stableBody(APP, "********", false));
    assertThat(ofClassic.path("request_url").asText())
        .isEqualTo("grant_type=client_credential&appid=" + APP + "&secret=********");
    assertThat(ofStable + " " + ofClassic).doesNotContain(SECRET);
  }

  @Test
  void masks_ofAForm_hideWhatIsSecret() {
    assertThat(Masks.body("tid=1&access_token=abc&secret=s%20t&x=y"))
        .isEqualTo("tid=1&access_token=********&secret=********&x=y");
    assertThat(Masks.body("{\"cloudbase_access_token\" : \"a\\\"b\",\"appsecret\":\"c\"}"))
        .isEqualTo("{\"cloudbase_access_token\" : \"********\",\"appsecret\":\"********\"}");
    assertThat(Masks.ip("113.44.70.51")).isEqualTo("113.xx.70.51");
  }

  @Test
  void rid_ofARevokedToken_belongsToItsApp() throws Exception {
    sandbox.revokeToken(APP, RevokeMode.SUPERSEDED);
    String rid = ridOf(client.send(token, message("a")));

    assertThat(errcode(lookUp(client.stableToken(), rid))).isZero();
  }

  @Test
  void rid_ofAnotherApp_orUnknown_orWrong_orTooOld_getsACodeOfItsOwn() throws Exception {
    String rid = ridOf(client.send(token, message("sandbox-43101")));
    String nobodys = ridOf(client.send("not-a-token", message("a")));
    String other =
        client
            .post("/cgi-bin/stable_token", SandboxClient.stableBody(OTHER_APP, OTHER_SECRET, false))
            .path("access_token")
            .asText();

    assertThat(errcode(lookUp(token, "00000000-00000000-00000000"))).isEqualTo(76001);
    assertThat(errcode(lookUp(token, "x"))).isEqualTo(76002);
    assertThat(errcode(lookUp(token, ""))).isEqualTo(76002);
    assertThat(errcode(lookUp(other, rid))).isEqualTo(76003);
    assertThat(errcode(lookUp(token, nobodys))).isEqualTo(76003);
    clock.advance(Duration.ofDays(7));
    assertThat(errcode(lookUp(token, rid))).isZero();
    clock.advance(Duration.ofSeconds(1));
    assertThat(errcode(lookUp(token, rid))).isEqualTo(76004);
    assertThat(errcode(client.get("/cgi-bin/openapi/rid/get?access_token=" + token)))
        .isEqualTo(43002);
  }

  @Test
  void rids_tooMany_forgetTheOldest() throws Exception {
    RequestLog log = new RequestLog(clock);
    Answers answers = new Answers(new AnswerStyle(AnswerStyle.Errmsg.RID, false, true), clock);
    Call call =
        new Call("GET", "/", java.util.Map.of(), "", new RawBody(new byte[0]), "::1", false);
    String first = "";
    for (int i = 0; i <= RequestLog.KEPT; i++) {
      Answer answer = Answer.of(answers.error(-1));
      log.add(() -> APP, call, answer);
      first = i == 0 ? ridOf(answer.json()) : first;
    }

    assertThat(log.find(first)).isNull();
  }
}
