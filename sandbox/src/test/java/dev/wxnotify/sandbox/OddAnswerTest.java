package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.WireExpectation.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.SocketTimeoutException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of every kind of answer, as a bare socket sees them. */
class OddAnswerTest {

  private static final String FIRST_BODY =
      "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":3248682510344192008}";
  private static final String SECOND_BODY = FIRST_BODY.replace("192008", "192009");

  private Sandbox sandbox;
  private String token;

  @BeforeEach
  void start() throws Exception {
    // Its clock stands still, so that expires_in does not change.
    sandbox = Sandbox.start(SandboxOptions.defaults(), new MovableClock());
    token = new SandboxClient(sandbox).stableToken();
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  static Stream<WireExpectation> all() {
    return WireExpectation.all();
  }

  static Stream<WireExpectation> framing() {
    return WireExpectation.framing();
  }

  @ParameterizedTest
  @MethodSource("all")
  void openId_getsExactlyTheseBytes_andTheNextSendItsOwnAnswer(WireExpectation expected)
      throws Exception {
    String openId = "sandbox-" + expected.kind().openIdForm().orElseThrow() + "-alice";
    try (RawCaller caller = new RawCaller(sandbox)) {
      caller.send(token, openId);

      checkAnswer(caller, expected, FIRST_BODY);
      assertThat(sandbox.messages()).hasSize(expected.processed() ? 1 : 0);
      checkNextSend(caller, expected);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void fault_getsTheSameBytes_once(WireExpectation expected) throws Exception {
    sandbox.addFault(Fault.parse("send:" + expected.kind().label() + ":1"));
    try (RawCaller caller = new RawCaller(sandbox)) {
      caller.send(token, "alice");

      checkAnswer(caller, expected, FIRST_BODY);
      assertThat(sandbox.messages()).hasSize(expected.processed() ? 1 : 0);
      checkNextSend(caller, expected);
    }
    assertThat(sandbox.faults()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("framing")
  void tokenCall_byFault_isSpoiltLikewise(WireExpectation expected) throws Exception {
    sandbox.addFault(Fault.parse("stable_token:" + expected.kind().label()));
    try (RawCaller caller = new RawCaller(sandbox)) {
      caller.askForToken();

      checkAnswer(caller, expected, tokenBody("7200"));
      checkNextSend(caller, expected);
    }
  }

  @Test
  void answers_thatAreOneSegment_comeInOneWrite() {
    WireExpectation.all()
        .filter(expected -> !expected.bytes(FIRST_BODY).isEmpty())
        .forEach(
            expected ->
                assertThat(segments(expected.kind()))
                    .as(expected.kind().label())
                    .isEqualTo(expected.segments(FIRST_BODY)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"interim-103", "interim-101", "surplus", "surplus-rubbish", "empty-200-body"})
  void oneSegment_isReadAtOnce(String label) throws Exception {
    WireExpectation expected =
        all().filter(one -> one.kind().label().equals(label)).findFirst().orElseThrow();
    try (RawCaller caller = new RawCaller(sandbox)) {
      caller.send(token, "sandbox-" + label);

      assertThat(caller.readOnce(4096)).isEqualTo(expected.bytes(FIRST_BODY));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "INTERIM_LATE,400",
    "SURPLUS_LATE,200",
    "EMPTY_200_LATE,100",
    "BODY_204_LATE,100",
    "BODY_304_LATE,100",
    "HALVES,200"
  })
  void pauses_areAsLongAsSaid(EffectKind kind, long millis) {
    assertThat(
            script(kind).steps().stream()
                .filter(WireScript.Pause.class::isInstance)
                .map(step -> ((WireScript.Pause) step).length())
                .reduce(Duration.ZERO, Duration::plus))
        .isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SURPLUS_LATE", "EMPTY_200_LATE", "BODY_204_LATE", "BODY_304_LATE"})
  void lateSurplus_leavesTheConnectionToTheNextRequestFirst(EffectKind kind) {
    assertThat(script(kind).steps().get(1)).isEqualTo(WireScript.Mark.READY);
  }

  @Test
  void lateSurplus_meetsTheNextAnswer() throws Exception {
    try (RawCaller caller = new RawCaller(sandbox)) {
      caller.send(token, "sandbox-surplus-late");
      assertThat(caller.read(answer(FIRST_BODY).length())).isEqualTo(answer(FIRST_BODY));

      caller.send(token, "sandbox-slow-1000");
      String rest = caller.read(WireExpectation.STRAY.length() + answer(SECOND_BODY).length());

      assertThat(rest).isEqualTo(WireExpectation.STRAY + answer(SECOND_BODY));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"interim-late", "surplus-late", "body-204-late", "split", "halves", "surplus"})
  void connectionClose_ofTheCaller_isObeyedAfterTheLastByte(String label) throws Exception {
    WireExpectation expected =
        all().filter(one -> one.kind().label().equals(label)).findFirst().orElseThrow();
    String request =
        RawCaller.post(
            SandboxClient.sendPath(token), "close", SandboxClient.message("sandbox-" + label));
    try (RawCaller caller = new RawCaller(sandbox)) {
      caller.write(request);

      assertThat(caller.readToEnd().replace("close", "keep-alive"))
          .isEqualTo(expected.bytes(FIRST_BODY));
    }
  }

  @Test
  void once_isOddOnce() throws Exception {
    try (RawCaller caller = new RawCaller(sandbox)) {
      caller.send(token, "sandbox-once-interim-103-a");
      assertThat(caller.readOnce(4096)).startsWith("HTTP/1.1 103 ");

      caller.send(token, "sandbox-once-interim-103-a");
      assertThat(caller.readOnce(4096)).isEqualTo(answer(SECOND_BODY));
    }
  }

  @Test
  void redirect_leadsToAnInvalidUrl() throws Exception {
    SandboxClient client = new SandboxClient(sandbox);

    assertThat(client.get("/redirected-by-the-sandbox").path("errcode").asInt()).isEqualTo(40066);
    client.postRaw(SandboxClient.sendPath(token), SandboxClient.message("sandbox-redirect"));
    assertThat(sandbox.state().sends(302)).isEqualTo(1);
    client.postRaw(SandboxClient.sendPath(token), SandboxClient.message("sandbox-proxy-407"));
    assertThat(sandbox.state().sends(407)).isEqualTo(1);
  }

  @Test
  void gbkErrmsg_isChinese_andCountsAs40003() throws Exception {
    try (RawCaller caller = new RawCaller(sandbox)) {
      caller.send(token, "sandbox-gbk-errmsg");
      byte[] bytes = caller.readOnce(4096).getBytes(StandardCharsets.ISO_8859_1);

      String text = new String(bytes, Charset.forName("GBK"));

      assertThat(text).contains("\"errmsg\":\"不合法 openid\"");
    }
    assertThat(sandbox.state().sends(40003)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "expires-decimal, ',\"expires_in\":7200.0'",
    "expires-text, ',\"expires_in\":\"7200\"'",
    "expires-missing, ''",
    "expires-huge, ',\"expires_in\":9223372036854775807'"
  })
  void expires_isOddInTokensOnly(String label, String field) throws Exception {
    sandbox.addFault(Fault.parse("any:" + label));
    String normal = tokenBody("7200");
    try (RawCaller caller = new RawCaller(sandbox)) {
      caller.askForToken();
      assertThat(caller.readOnce(4096))
          .isEqualTo(answer(normal.replace(",\"expires_in\":7200", field)));

      caller.send(token, "alice");
      assertThat(caller.readOnce(4096)).isEqualTo(answer(FIRST_BODY));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "expires-decimal, 7200.0",
    "expires-text, '\"7200\"'",
    "expires-missing, ''",
    "expires-huge, 9223372036854775807"
  })
  void expires_inClassicTokens_isOddToo_andErrorsHaveNone(String label, String value)
      throws Exception {
    sandbox.addFault(Fault.parse("token:" + label));
    SandboxClient client = new SandboxClient(sandbox);
    String path = SandboxClient.classicPath(SandboxClient.APP, SandboxClient.SECRET);

    JsonNode answer = client.get(path);

    assertThat(answer.path("access_token").asText()).hasSizeGreaterThan(100);
    assertThat(answer.path("expires_in").toString()).isEqualTo(value);
    assertThat(client.get(SandboxClient.classicPath(SandboxClient.APP, "wrong")).has("expires_in"))
        .isFalse();
  }

  @Test
  void head_getsNoBody() throws Exception {
    try (RawCaller caller = new RawCaller(sandbox)) {
      caller.write("HEAD /sandbox HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

      assertThat(caller.readToEnd()).startsWith("HTTP/1.1 ").endsWith("\r\n\r\n");
    }
  }

  @Test
  void everyKind_isInTheTableOrTestedByItself() {
    Set<EffectKind> byItself =
        Set.of(
            EffectKind.ERRCODE,
            EffectKind.LATENCY,
            EffectKind.HTTP,
            EffectKind.EXPIRES_DECIMAL,
            EffectKind.EXPIRES_TEXT,
            EffectKind.EXPIRES_MISSING,
            EffectKind.EXPIRES_HUGE,
            EffectKind.EARLY_ANSWER,
            EffectKind.UNSOLICITED);
    Set<EffectKind> inTable = all().map(WireExpectation::kind).collect(Collectors.toSet());

    assertThat(Arrays.stream(EffectKind.values()).filter(kind -> !byItself.contains(kind)))
        .containsExactlyInAnyOrderElementsOf(inTable);
  }

  private void checkAnswer(RawCaller caller, WireExpectation expected, String body)
      throws Exception {
    String bytes = expected.bytes(body);
    switch (expected.end()) {
      case OPEN -> assertThat(caller.read(bytes.length())).isEqualTo(bytes);
      case CLOSED -> assertThat(caller.readToEnd()).isEqualTo(bytes);
      case RESET -> assertThat(caller.readToReset()).isEqualTo(bytes);
      case SILENT -> {
        awaitRequests(2);
        caller.timeout(300);
        assertThatThrownBy(() -> caller.readOnce(1)).isInstanceOf(SocketTimeoutException.class);
      }
    }
  }

  /** The token at the start counts as one. */
  private void awaitRequests(long count) {
    while (sandbox.state().requests().values().stream().mapToLong(Long::longValue).sum() < count) {
      Thread.onSpinWait();
    }
  }

  /** The connection continues, and no byte is left over. */
  private void checkNextSend(RawCaller caller, WireExpectation expected) throws Exception {
    if (expected.end() == WireExpectation.End.OPEN) {
      String next = answer(sandbox.messages().isEmpty() ? FIRST_BODY : SECOND_BODY);
      caller.send(token, "bob");
      assertThat(caller.read(next.length())).isEqualTo(next);
    }
  }

  private String tokenBody(String expiresIn) {
    return "{\"access_token\":\"%s\",\"expires_in\":%s}".formatted(token, expiresIn);
  }

  private static List<String> segments(EffectKind kind) {
    return script(kind).steps().stream()
        .filter(WireScript.Send.class::isInstance)
        .map(step -> ((WireScript.Send) step).buffer().toString(StandardCharsets.ISO_8859_1))
        .toList();
  }

  private static WireScript script(EffectKind kind) {
    Answer normal =
        Answer.of(
            Json.object()
                .put("errcode", kind == EffectKind.GBK_ERRMSG ? 40003 : 0)
                .put("errmsg", "ok")
                .put("msgid", 3248682510344192008L));
    return new OddAnswers(Map.of(), true, false).script(normal.spoilt(Effect.of(kind)));
  }
}
