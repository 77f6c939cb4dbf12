package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.APP;
import static dev.wxnotify.sandbox.SandboxClient.SECRET;
import static dev.wxnotify.sandbox.SandboxClient.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostingTest {

  private static final String OTHER_APP = "wxother0000000001";

  private final MovableClock clock = new MovableClock();
  private Path directory;
  private Path file;
  private Sandbox sandbox;
  private SandboxClient client;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    this.directory = directory;
    file = directory.resolve("cloudbase_access_token");
    start(SandboxOptions.builder().hosting(HostingRules.file(file)));
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  private void start(SandboxOptions.Builder options) throws Exception {
    sandbox = Sandbox.start(options.build(), clock);
    client = new SandboxClient(sandbox);
  }

  private void restart(SandboxOptions.Builder options) throws Exception {
    sandbox.close();
    start(options);
  }

  private String token() throws IOException {
    return Files.readString(file).trim();
  }

  private int sendWith(String query) throws Exception {
    return client
        .post("/cgi-bin/message/subscribe/send?" + query, message("a"))
        .path("errcode")
        .asInt();
  }

  @Test
  void token_ofTheFile_isTakenAsCloudbaseAccessTokenOnly() throws Exception {
    assertThat(sendWith("cloudbase_access_token=" + token())).isZero();
    assertThat(sendWith("access_token=" + token())).isEqualTo(40001);
    assertThat(sendWith("cloudbase_access_token=" + client.stableToken())).isEqualTo(40001);
    assertThat(sendWith("cloudbase_access_token=")).isEqualTo(41001);
    assertThat(sandbox.messages().get(0).appId()).isEqualTo(APP);
    JsonNode templates =
        client.get("/wxaapi/newtmpl/gettemplate?cloudbase_access_token=" + token());
    assertThat(templates.path("data")).hasSize(3);
  }

  @Test
  void token_refreshed_leavesTheOldOneValidForHalfAnHour() throws Exception {
    String old = token();
    sandbox.refreshHostingToken();

    assertThat(token()).isNotEqualTo(old);
    assertThat(sendWith("cloudbase_access_token=" + old)).isZero();
    clock.advance(Duration.ofMinutes(30));
    assertThat(sendWith("cloudbase_access_token=" + old)).isEqualTo(42001);
  }

  @Test
  void token_isRefreshedByItself() throws Exception {
    restart(
        SandboxOptions.builder()
            .hosting(HostingRules.file(file).times(Duration.ofMillis(10), Duration.ofMinutes(30))));
    String first = token();

    while (token().equals(first)) {
      Thread.onSpinWait();
    }
    assertThat(sendWith("cloudbase_access_token=" + first)).isZero();
  }

  /** So that the directory can be deleted. */
  @Test
  void token_isNotWrittenAfterTheEnd() throws Exception {
    String last = token();
    sandbox.close();

    sandbox.refreshHostingToken();

    assertThat(token()).isEqualTo(last);
  }

  @Test
  void token_revokedOverHttp_isReplacedOrStaysDead() throws Exception {
    String old = token();
    client.post("/sandbox/cloudbase/revoke", "{\"mode\":\"dead\"}");
    assertThat(token()).isEqualTo(old);
    assertThat(sendWith("cloudbase_access_token=" + old)).isEqualTo(40001);

    client.post("/sandbox/cloudbase/refresh", "");
    assertThat(sendWith("cloudbase_access_token=" + token())).isZero();

    String next = token();
    client.post("/sandbox/cloudbase/revoke", "{\"mode\":\"superseded\"}");
    assertThat(sendWith("cloudbase_access_token=" + next)).isEqualTo(40001);
    assertThat(sendWith("cloudbase_access_token=" + token())).isZero();
  }

  @Test
  void control_withoutAFile_orWithAWrongMode_isRefused() throws Exception {
    assertThat(client.postRaw("/sandbox/cloudbase/revoke", "{\"mode\":\"x\"}").statusCode())
        .isEqualTo(400);
    restart(SandboxOptions.builder());

    assertThat(client.post("/sandbox/cloudbase/refresh", "").path("field").asText())
        .isEqualTo("cloudbase-file");
    assertThat(sendWith("cloudbase_access_token=x")).isEqualTo(41001);
  }

  @Test
  void fault_ofTheHosting_hasItsText() throws Exception {
    sandbox.addFault(Fault.on(SandboxEndpoint.SEND, Effect.errcode(85107)).times(1));
    sandbox.addFault(Fault.on(SandboxEndpoint.SEND, Effect.errcode(85113)).times(1));

    assertThat(sendWith("cloudbase_access_token=" + token())).isEqualTo(85107);
    assertThat(sendWith("cloudbase_access_token=" + token())).isEqualTo(85113);
    assertThat(sendWith("cloudbase_access_token=" + token())).isZero();
  }

  @Test
  void openInterface_needsNoToken_andMarksItsAnswers() throws Exception {
    restart(SandboxOptions.builder().hosting(HostingRules.open()));

    HttpResponse<String> answer =
        client.exchange(
            client
                .request("/cgi-bin/message/subscribe/send")
                .POST(BodyPublishers.ofString(message("a"))));
    HttpResponse<String> withToken =
        client.exchange(
            client
                .request(SandboxClient.sendPath(client.stableToken()))
                .POST(BodyPublishers.ofString(message("a"))));

    assertThat(answer.body()).startsWith("{\"errcode\":0,");
    assertThat(answer.headers().firstValue("x-openapi-seqid")).isPresent();
    assertThat(withToken.body()).startsWith("{\"errcode\":0,");
    assertThat(withToken.headers().firstValue("x-openapi-seqid")).isEmpty();
    assertThat(client.get("/wxaapi/newtmpl/getcategory").path("errcode").asInt()).isZero();
  }

  @Test
  void openInterface_off_missesTheToken() throws Exception {
    assertThat(sendWith("x=y")).isEqualTo(41001);
  }

  @Test
  void environment_ofOneApp_actsForAnotherThatItNames() throws Exception {
    HostingRules rules = HostingRules.file(file).of(OTHER_APP);
    restart(SandboxOptions.builder().app(APP, SECRET).app(OTHER_APP, "s").hosting(rules));

    assertThat(sendWith("cloudbase_access_token=" + token())).isZero();
    assertThat(sendWith("from_appid=" + APP + "&cloudbase_access_token=" + token())).isZero();
    assertThat(sendWith("from_appid=wx-none&cloudbase_access_token=" + token())).isEqualTo(40013);
    assertThat(sandbox.messages())
        .extracting(AcceptedMessage::appId)
        .containsExactly(OTHER_APP, APP);
  }

  @Test
  void rules_withoutAnAppToChoose_areRefused() {
    SandboxOptions.Builder two =
        SandboxOptions.builder().app(APP, SECRET).app(OTHER_APP, "s").hosting(HostingRules.open());

    assertThatThrownBy(two::build).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void file_thatCannotBeWritten_endsTheStart() {
    Path nowhere = directory.resolve("none").resolve("token");

    assertThatThrownBy(
            () ->
                Sandbox.start(SandboxOptions.builder().hosting(HostingRules.file(nowhere)).build()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(nowhere.toString());
  }
}
