package dev.wxnotify.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SendCommandsTest {

  private static final String HOSTILE = "it's \"quoted\" $(id) `id` \\ <script> \u202e😀\n@file";

  /** A real shell splits the command, and prints what it would pass. */
  @Test
  void grpcurl_hostileValues_comeThroughAShellAsTheyAre() throws Exception {
    RawBody body =
        body(
            Json.object()
                .put("touser", "alice")
                .put("template_id", SandboxTemplates.SECKILL_TEMPLATE_ID)
                .put("page", "pages/order?id='7'&a=b")
                .put("miniprogram_state", "trial")
                .put("lang", "en_US")
                .set("data", Json.object().set("thing1", Json.object().put("value", HOSTILE))));

    String command = SendCommands.grpcurl("wxapp", body, "127.0.0.1:9090").orElseThrow();

    List<String> words = words(command);
    assertThat(words.get(0)).isEqualTo("grpcurl");
    assertThat(words.subList(1, 3)).containsExactly("-plaintext", "-d");
    assertThat(words.subList(4, words.size()))
        .containsExactly("127.0.0.1:9090", "wxnotify.v1.NotificationService/SendSubscribeMessage");
    JsonNode message = new JsonMapper().readTree(words.get(3)).path("message");
    assertThat(message.path("app_id").textValue()).isEqualTo("wxapp");
    assertThat(message.path("open_id").textValue()).isEqualTo("alice");
    assertThat(message.path("page").textValue()).isEqualTo("pages/order?id='7'&a=b");
    assertThat(message.path("data").path("thing1").textValue()).isEqualTo(HOSTILE);
    assertThat(message.path("mini_program_state").textValue())
        .isEqualTo("MINI_PROGRAM_STATE_TRIAL");
    assertThat(message.path("language").textValue()).isEqualTo("LANGUAGE_EN_US");
    assertThat(command).as("marks of direction are visible").doesNotContain("\u202e");
  }

  @Test
  void grpcurl_noRequestOfWxnotify_isEmpty() {
    assertThat(SendCommands.grpcurl("wxapp", new RawBody("{".getBytes(UTF_8)), "h:1")).isEmpty();
    assertThat(SendCommands.grpcurl("wxapp", new RawBody("{}".getBytes(UTF_8)), "h:1")).isEmpty();
  }

  @Test
  void curl_hostileValues_comeThroughAShellAsTheyAre() throws Exception {
    String text = "{\"touser\":\"" + "it's $(id)\"}\n";

    List<String> words =
        words(SendCommands.curl("http://127.0.0.1:9080", new RawBody(text.getBytes(UTF_8))));

    assertThat(words)
        .containsExactly(
            "curl",
            "-s",
            "http://127.0.0.1:9080/cgi-bin/message/subscribe/send?access_token=a-token",
            "-H",
            "Content-Type: application/json",
            "--data-raw",
            text);
  }

  private static RawBody body(JsonNode json) {
    return new RawBody(json.toString().getBytes(UTF_8));
  }

  private static List<String> words(String command) throws Exception {
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-c", "for w in " + command + "; do printf '%s\\0' \"$w\"; done");
    shell.environment().put("TOKEN", "a-token");
    Process process = shell.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return List.of(out.split("\0"));
  }
}
