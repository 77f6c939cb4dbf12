package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MagicOpenIdTest {

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

  static Stream<Map.Entry<Integer, String>> errors() {
    return ErrorTexts.all().entrySet().stream().filter(entry -> entry.getKey() != 0);
  }

  @ParameterizedTest
  @MethodSource("errors")
  void errcode_inOpenId_getsTheErrorWithItsText(Map.Entry<Integer, String> error) throws Exception {
    JsonNode plain = client.send(token, message("sandbox-" + error.getKey()));
    JsonNode suffixed = client.send(token, message("sandbox-" + error.getKey() + "-user-7"));

    assertThat(plain.path("errcode").asInt()).isEqualTo(error.getKey());
    assertThat(plain.path("errmsg").asText()).startsWith(error.getValue() + " rid: ");
    assertThat(suffixed.path("errcode").asInt()).isEqualTo(error.getKey());
    assertThat(sandbox.messages()).isEmpty();
  }

  @Test
  void errcode_unknownOrBusy_isGivenToo() throws Exception {
    assertThat(client.sendCode(token, message("sandbox-99999"))).isEqualTo(99999);
    assertThat(client.sendCode(token, message("sandbox-busy-1"))).isEqualTo(-1);
    assertThat(client.sendCode(token, message("sandbox--1-x"))).isEqualTo(-1);
  }

  @Test
  void once_thenSucceeds_perOpenId() throws Exception {
    assertThat(client.sendCode(token, message("sandbox-once-45011-a"))).isEqualTo(45011);
    assertThat(client.sendCode(token, message("sandbox-once-45011-b"))).isEqualTo(45011);
    assertThat(client.sendCode(token, message("sandbox-once-45011-a"))).isZero();
    assertThat(client.sendCode(token, message("sandbox-once-45011-b"))).isZero();
  }

  @Test
  void name_thatIsNone_isAnOrdinaryUser() throws Exception {
    assertThat(client.sendCode(token, message("sandbox-user-1"))).isZero();
    assertThat(client.sendCode(token, message("sandbox-truncatedly"))).isZero();
  }

  @Test
  void html_givesTheStatusAndAPage_andNothingIsAccepted() throws Exception {
    var response = client.postRaw(SandboxClient.sendPath(token), message("sandbox-html-502-a"));

    assertThat(response.statusCode()).isEqualTo(502);
    assertThat(response.headers().firstValue("content-type")).hasValue("text/html");
    assertThat(response.body()).contains("502 Bad Gateway");
    assertThat(sandbox.messages()).isEmpty();
    assertThat(sandbox.state().sends(502)).isEqualTo(1);
  }

  @Test
  void spoiltAnswers_comeAfterTheMessageWasAccepted() throws Exception {
    String path = SandboxClient.sendPath(token);

    assertThat(client.postRaw(path, message("sandbox-empty-body")).body()).isEmpty();
    assertThat(client.postRaw(path, message("sandbox-truncated")).body())
        .startsWith("{\"errcode\":0")
        .doesNotEndWith("}");
    assertThat(client.postRaw(path, message("sandbox-malformed-json")).body())
        .startsWith("{errcode");
    assertThat(client.postRaw(path, message("sandbox-wrong-content-type")).headers().map())
        .containsEntry("content-type", List.of("text/html; charset=gbk"));
    assertThat(client.postRaw(path, message("sandbox-oversized-body")).body().length())
        .isGreaterThan(8_000_000);
    assertThat(client.postRaw(path, message("sandbox-no-errcode")).body())
        .matches("\\{\"msgid\":[0-9]+}");
    assertThat(client.postRaw(path, message("sandbox-errcode-text")).body())
        .contains("\"errCode\":\"0\"", "\"errMsg\":\"openapi.subscribeMessage.send:ok\"");
    assertThat(sandbox.messages()).hasSize(7);
  }

  @Test
  void resets_beforeAndAfter_differInWhatWasAccepted() throws Exception {
    assertThatThrownBy(() -> client.send(token, message("sandbox-reset-before")))
        .isInstanceOf(IOException.class);
    assertThat(sandbox.state().sendsReceived()).isZero();
    assertThat(sandbox.messages()).isEmpty();

    assertThatThrownBy(() -> client.send(token, message("sandbox-reset-after")))
        .isInstanceOf(IOException.class);
    assertThat(sandbox.messages()).hasSize(1);

    assertThatThrownBy(() -> client.send(token, message("sandbox-half-answer")))
        .isInstanceOf(IOException.class);
    assertThat(sandbox.messages()).hasSize(2);
  }

  @Test
  void slow_comesLate() throws Exception {
    long start = System.nanoTime();

    assertThat(client.sendCode(token, message("sandbox-slow-200-x"))).isZero();

    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(200_000_000L);
  }

  @Test
  void table_listsEveryErrorAndEffectOnce() {
    assertThat(MagicOpenIds.table())
        .extracting(MagicOpenIds.Row::openId)
        .doesNotHaveDuplicates()
        .contains("sandbox-43101", "sandbox-busy", "sandbox-slow-<ms>", "sandbox-reset-after");
  }
}
