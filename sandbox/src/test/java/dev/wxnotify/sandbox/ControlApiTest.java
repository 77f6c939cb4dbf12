package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.APP;
import static dev.wxnotify.sandbox.SandboxClient.SECRET;
import static dev.wxnotify.sandbox.SandboxClient.message;
import static dev.wxnotify.sandbox.SandboxTemplates.SECKILL_TEMPLATE_ID;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlApiTest {

  private Sandbox sandbox;
  private SandboxClient client;
  private String token;

  @BeforeEach
  void start() throws Exception {
    sandbox = Sandbox.start();
    client = new SandboxClient(sandbox);
    token = client.stableToken();
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  @Test
  void faultKinds_areAllThere_withWhatASenderHasToKnow() throws Exception {
    JsonNode kinds = client.get("/sandbox/faults/kinds").path("kinds");

    assertThat(kinds).hasSize(EffectKind.values().length);
    for (JsonNode kind : kinds) {
      EffectKind effect = EffectKind.byLabel(kind.path("what").asText()).orElseThrow();
      assertThat(kind.path("meaning").asText()).isEqualTo(effect.meaning());
      assertThat(kind.path("processed").asBoolean()).isEqualTo(effect.processed());
      assertThat(kind.path("endpoints").asText()).isEqualTo(effect.possibleEndpoints());
    }
  }

  @Test
  void state_afterSends_countsThem() throws Exception {
    client.send(token, message("a"));
    client.send(token, message("a"));
    client.send(token, message("sandbox-43101"));

    JsonNode state = client.get("/sandbox/state");

    assertThat(state.path("sends_received").asInt()).isEqualTo(3);
    assertThat(state.path("sends_accepted").asInt()).isEqualTo(2);
    assertThat(state.path("sends_by_errcode").path("43101").asInt()).isEqualTo(1);
    assertThat(state.path("duplicates").asInt()).isEqualTo(1);
    assertThat(state.path("token_fetches").path(APP).path("stable").asInt()).isEqualTo(1);
    assertThat(state.path("most_sends_per_open_id").asInt()).isEqualTo(1);
    assertThat(state.path("connections_open").asInt()).isPositive();
  }

  @Test
  void messages_filteredAndLimited_areTheNewest() throws Exception {
    String last = message("b").replace("index", "last");
    client.send(token, message("a"));
    client.send(token, message("b"));
    client.send(token, last);

    JsonNode ofB = client.get("/sandbox/messages?open_id=b&app_id=" + APP + "&limit=1");

    assertThat(ofB.path("total").asInt()).isEqualTo(2);
    assertThat(ofB.path("messages")).hasSize(1);
    assertThat(ofB.path("messages").get(0).path("body").asText()).isEqualTo(last);
    assertThat(ofB.path("messages").get(0).path("msgid").isTextual()).isTrue();
    assertThat(client.get("/sandbox/messages?app_id=wx-other").path("total").asInt()).isZero();
    assertThat(client.get("/sandbox/received").path("received")).hasSize(3);
  }

  @Test
  void faults_addedListedAndCleared_overHttp() throws Exception {
    client.post("/sandbox/faults", "{\"endpoint\":\"send\",\"what\":\"errcode=-1\",\"count\":2}");

    assertThat(client.get("/sandbox/faults").path("faults").get(0).path("what").asText())
        .isEqualTo("errcode=-1");
    assertThat(client.sendCode(token, message("a"))).isEqualTo(-1);
    client.exchange(client.request("/sandbox/faults").DELETE());
    assertThat(client.sendCode(token, message("a"))).isZero();
    assertThat(client.get("/sandbox/faults").path("faults")).isEmpty();
  }

  @Test
  void faults_withSeveralWrongFields_nameAllOfThem() throws Exception {
    JsonNode answer =
        client.post(
            "/sandbox/faults",
            "{\"endpoint\":\"sent\",\"what\":\"late\",\"count\":-1,\"every\":0}");

    assertThat(answer.path("field").asText()).isEqualTo("endpoint");
    assertThat(answer.path("errors").findValuesAsText("field"))
        .containsExactly("endpoint", "what", "count", "every");
  }

  @Test
  void revoke_overHttp_killsTheToken() throws Exception {
    JsonNode answer =
        client.post(
            "/sandbox/tokens/revoke",
            "{\"app_id\":\"" + APP + "\",\"kind\":\"stable\",\"mode\":\"superseded\"}");

    assertThat(answer.path("revoked").asInt()).isEqualTo(1);
    assertThat(client.sendCode(token, message("a"))).isEqualTo(40001);
  }

  @Test
  void subscriptions_overHttp_areKept() throws Exception {
    client.post(
        "/sandbox/subscriptions",
        """
        {"app_id":"%s","open_id":"a","template_id":"%s","kind":"one_time","credits":1}"""
            .formatted(APP, SECKILL_TEMPLATE_ID));

    assertThat(client.sendCode(token, message("a"))).isZero();
    assertThat(client.sendCode(token, message("a"))).isEqualTo(43101);
  }

  @Test
  void reset_afterUse_forgetsAllButTheTokens() throws Exception {
    client.send(token, message("sandbox-once-45011"));
    client.send(token, message("a"));
    sandbox.addFault(Fault.onAny(Effect.errcode(-1)));
    sandbox.subscribe(Subscription.rejected(APP, "b", SECKILL_TEMPLATE_ID));

    client.post("/sandbox/reset", "");

    assertThat(sandbox.messages()).isEmpty();
    assertThat(sandbox.received()).isEmpty();
    assertThat(sandbox.state().sendsReceived()).isZero();
    assertThat(client.sendCode(token, message("b"))).isZero();
    assertThat(client.sendCode(token, message("sandbox-once-45011"))).isEqualTo(45011);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/sandbox/faults        | nonsense                                   | body",
        "/sandbox/faults        | {'endpoint':'nowhere','what':'no-answer'}  | endpoint",
        "/sandbox/faults        | {'endpoint':'send'}                        | what",
        "/sandbox/faults        | {'what':'explode'}                         | what",
        "/sandbox/faults        | {'what':'errcode'}                         | what",
        "/sandbox/faults        | {'what':'no-answer=5'}                     | what",
        "/sandbox/faults        | {'what':'no-answer','count':-1}            | count",
        "/sandbox/faults        | {'what':'no-answer','count':'3'}           | count",
        "/sandbox/faults        | {'what':'no-answer','every':0}             | every",
        "/sandbox/faults        | {'what':'no-answer','probability':2}       | probability",
        "/sandbox/faults        | {'what':'no-answer','cuont':1}             | cuont",
        "/sandbox/tokens/revoke | {'mode':'dead'}                            | app_id",
        "/sandbox/tokens/revoke | {'app_id':'wx-other','mode':'dead'}        | app_id",
        "/sandbox/tokens/revoke | {'app_id':'wxsandbox000000001'}            | mode",
        "/sandbox/tokens/revoke | {'app_id':'wxsandbox000000001','mode':'x'} | mode",
        "/sandbox/subscriptions | {'kind':'one_time','template_id':'x'}      | template_id",
        "/sandbox/subscriptions | {'kind':'long_term','credits':3}           | credits",
      })
  void rubbish_posted_getsTheFieldToBlame(String path, String body, String field) throws Exception {
    HttpResponse<String> response = client.postRaw(path, body.replace('\'', '"'));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(SandboxClient.json(response).path("field").asText()).isEqualTo(field);
    assertThat(SandboxClient.json(response).path("error").asText()).startsWith(field + ":");
    assertThat(sandbox.faults()).isEmpty();
  }

  @Test
  void rubbish_inUrl_getsTheFieldToBlame() throws Exception {
    assertThat(client.get("/sandbox/messages?limit=all").path("field").asText()).isEqualTo("limit");
    assertThat(client.postRaw("/sandbox/none", "{}").statusCode()).isEqualTo(404);
    assertThat(client.postRaw("/sandbox/state", "{}").statusCode()).isEqualTo(405);
  }

  @Test
  void answers_all_areFreeOfTokensAndSecrets() throws Exception {
    client.send(token, message("a"));
    String classic = client.classicToken();
    StringBuilder all = new StringBuilder(sandbox.state().toString()).append(sandbox.received());
    all.append(SandboxOptions.defaults());
    JsonNode message = client.get("/sandbox/messages").path("messages").get(0);
    for (JsonNode call : client.get("/sandbox").path("calls")) {
      String[] parts = call.asText().split(" ", 2);
      if (parts[0].equals("GET") && !parts[1].equals("/sandbox/events")) { // See EventsTest.
        all.append(
            client.get(
                parts[1]
                    .replace("{msgid}", message.path("msgid").asText())
                    .replace("{number}", message.path("number").asText())));
      }
    }

    assertThat(all.toString())
        .contains(APP, "sends_by_errcode", "sandbox-43101", "priTmplId", "access_token=********")
        .doesNotContain(token)
        .doesNotContain(classic)
        .doesNotContain(SECRET);
  }
}
