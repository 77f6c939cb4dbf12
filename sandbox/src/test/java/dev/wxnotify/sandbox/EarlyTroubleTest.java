package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.WireExpectation.STRAY;
import static dev.wxnotify.sandbox.WireExpectation.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults before a request has been read. */
class EarlyTroubleTest {

  private static final String BODY =
      "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":3248682510344192008}";

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

  @ParameterizedTest
  @ValueSource(strings = {"send:early-answer:1", "any:early-answer:1"})
  void earlyAnswer_comesBeforeTheBody_whichIsDropped(String fault) throws Exception {
    sandbox.addFault(Fault.parse(fault));
    String message = SandboxClient.message("alice");
    try (RawCaller caller = new RawCaller(sandbox)) {
      caller.write(RawCaller.head(SandboxClient.sendPath(token), "keep-alive", message));
      assertThat(caller.readOnce(4096))
          .startsWith("HTTP/1.1 200 OK\r\n")
          .contains("{\"errcode\":-1,\"errmsg\":\"system error rid: ");
      assertThat(sandbox.state().sends(-1)).isEqualTo(1);

      caller.write(message);
      caller.send(token, "bob");
      assertThat(caller.readOnce(4096)).isEqualTo(answer(BODY));
    }
    assertThat(sandbox.messages()).extracting(AcceptedMessage::openId).containsExactly("bob");
    assertThat(sandbox.received()).hasSize(1);
  }

  @Test
  void earlyAnswer_toATokenCall_isAnError() throws Exception {
    sandbox.addFault(Fault.parse("stable_token:early-answer:1"));

    assertThat(client.sendCode(token, SandboxClient.message("alice"))).isZero();
    assertThat(client.stable(false).path("errcode").asInt()).isEqualTo(-1);
    assertThat(client.stableToken()).isEqualTo(token);
  }

  @Test
  void earlyAnswer_comesBeforeOlderFaults_whichStrikeLater() throws Exception {
    sandbox.addFault(Fault.parse("send:errcode=45009:1"));
    sandbox.addFault(Fault.parse("send:early-answer:1"));

    assertThat(client.sendCode(token, SandboxClient.message("alice"))).isEqualTo(-1);
    assertThat(client.sendCode(token, SandboxClient.message("alice"))).isEqualTo(45009);
    assertThat(client.sendCode(token, SandboxClient.message("alice"))).isZero();
  }

  @Test
  void unsolicited_comesBeforeAnyRequest_onNewConnectionsOnly() throws Exception {
    sandbox.addFault(Fault.parse("any:unsolicited:1"));
    try (RawCaller first = new RawCaller(sandbox)) {
      assertThat(first.readOnce(4096)).isEqualTo(STRAY);
      first.send(token, "alice");
      assertThat(first.readOnce(4096)).isEqualTo(answer(BODY));
    }
    try (RawCaller second = new RawCaller(sandbox)) {
      second.send(token, "sandbox-43101");
      assertThat(second.readOnce(4096)).contains("{\"errcode\":43101");
    }
    assertThat(sandbox.faults()).isEmpty();
    assertThat(sandbox.messages()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send:unsolicited",
        "stable_token:unsolicited",
        "send:expires-text",
        "gettemplate:expires-missing"
      })
  void fault_whereItCannotStrike_isRefused(String fault) throws Exception {
    String[] parts = fault.split(":", 2);

    assertThatThrownBy(() -> Fault.parse(fault))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("endpoint: " + parts[0] + " (expected: ");
    HttpResponse<String> answer =
        client.postRaw(
            "/sandbox/faults",
            "{\"endpoint\":\"%s\",\"what\":\"%s\"}".formatted(parts[0], parts[1]));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"field\":\"endpoint\"", "expected: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"early-answer", "unsolicited", "expires-missing"})
  void openId_ofAKindThatOnlyAFaultCanAskFor_isAnOrdinaryUser(String label) throws Exception {
    assertThat(client.sendCode(token, SandboxClient.message("sandbox-" + label))).isZero();
  }

  @Test
  void control_takesTheOddFaults() throws Exception {
    for (EffectKind kind : EffectKind.values()) {
      if (!kind.takesArgument() && kind != EffectKind.UNSOLICITED) {
        client.post("/sandbox/faults", "{\"what\":\"" + kind.label() + "\",\"count\":1}");
      }
    }

    assertThat(client.get("/sandbox/faults").path("faults"))
        .hasSize(EffectKind.values().length - 4);
  }
}
