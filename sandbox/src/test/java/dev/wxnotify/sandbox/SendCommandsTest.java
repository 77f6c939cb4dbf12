package dev.wxnotify.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SendCommandsTest {

  private static final String HOSTILE = "it's \"quoted\" $(id) `id` \\ <script> \u202e😀\n@file";

  /** A real shell splits the command, and prints what it would pass. */
  @Test
  void grpcurl_hostileValues_comeThroughAShellAsTheyAre() throws Exception {
    InboxMessage sent = message("alice", List.of(check("thing1", HOSTILE)));
    ServerAddress server = new ServerAddress();
    server.set("grpcurl -plaintext", "127.0.0.1:9090");

    String command = SendCommands.grpcurl(sent, server).orElseThrow();

    List<String> words = words(command);
    assertThat(words.subList(0, 3)).containsExactly("grpcurl", "-plaintext", "-d");
    assertThat(words.subList(4, words.size()))
        .containsExactly("127.0.0.1:9090", "wxnotify.v1.NotificationService/SendSubscribeMessage");
    assertThat(new JsonMapper().readTree(words.get(3)))
        .isEqualTo(
            new JsonMapper()
                .readTree(
                    """
                    {"message": {
                      "app_id": "wxapp",
                      "open_id": "alice",
                      "template_id": "a-template",
                      "page": "pages/order?id='7'&a=b",
                      "data": {"thing1": %s},
                      "mini_program_state": "MINI_PROGRAM_STATE_TRIAL",
                      "language": "LANGUAGE_EN_US"}}"""
                        .formatted(new JsonMapper().writeValueAsString(HOSTILE))));
    assertThat(command).as("marks of direction are visible").doesNotContain("\u202e");
  }

  @Test
  void grpcurl_unknownServer_hasAPlaceholder() {
    InboxMessage sent = message("alice", List.of(check("thing1", "x")));

    assertThat(SendCommands.grpcurl(sent, new ServerAddress()).orElseThrow())
        .startsWith("grpcurl -plaintext -d '")
        .endsWith(" HOST:PORT wxnotify.v1.NotificationService/SendSubscribeMessage");
  }

  @Test
  void grpcurl_noRequestOfWxnotify_isEmpty() {
    ServerAddress server = new ServerAddress();

    assertThat(SendCommands.grpcurl(message("alice", List.of()), server)).isEmpty();
    assertThat(SendCommands.grpcurl(message("", List.of(check("thing1", "x"))), server)).isEmpty();
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

  /** A terminal takes some of what is pasted for keys, as the one that ends a command. */
  @Test
  void curl_keysOfATerminal_areNotInTheCommand() throws Exception {
    String text = "{\"a\":\"\u0003 it's\t\u001b[201~\r\n\u202e\udb40\udc01😀\"}";

    String command = SendCommands.curl("http://127.0.0.1:9080", new RawBody(text.getBytes(UTF_8)));

    assertThat(command.codePoints().filter(c -> c != '\n').mapToObj(Character::getType))
        .doesNotContain((int) Character.CONTROL, (int) Character.FORMAT);
    assertThat(words(command)).last().isEqualTo(text);
  }

  private static KeywordCheck check(String keyword, String value) {
    return new KeywordCheck(keyword, "", value, "thing", value.length(), 20, true, null);
  }

  private static InboxMessage message(String openId, List<KeywordCheck> checks) {
    return new InboxMessage(
        1,
        Instant.EPOCH,
        "wxapp",
        openId,
        "a-template",
        "",
        "pages/order?id='7'&a=b",
        "en_US",
        "trial",
        0,
        "ok",
        "",
        "1",
        "",
        checks,
        List.of(),
        ReceiptState.NONE,
        null);
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
