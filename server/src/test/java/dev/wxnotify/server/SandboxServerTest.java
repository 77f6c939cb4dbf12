package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wxnotify.client.NotificationClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SandboxServerTest {

  @Test
  void start_sendsToItsSandbox_asManyTimesAsOneLikes() throws Exception {
    for (int i = 0; i < 2; i++) {
      try (SandboxServer server = SandboxServer.start(Map.of());
          NotificationClient client =
              NotificationClient.builder("127.0.0.1:" + server.grpcPort()).plaintext().build()) {
        assertThat(client.send(RunningServer.requestTo("alice")).getMessageId()).isNotEmpty();

        URI messages = server.sandboxUrl().resolve("/sandbox/messages?open_id=alice");
        assertThat(
                HttpClient.newHttpClient()
                    .send(
                        HttpRequest.newBuilder(messages).build(),
                        HttpResponse.BodyHandlers.ofString())
                    .body())
            .contains("\"total\":1");
      }
    }
  }

  @Test
  void start_mistakesOfTheKeys_areToldTogether() {
    assertThatThrownBy(
            () ->
                SandboxServer.start(
                    Map.of("wxnotify.grpc.max-in-flight", "none", "wxnotify.grpc.colour", "red")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("wxnotify.grpc.max-in-flight")
        .hasMessageContaining("wxnotify.grpc.colour");
  }

  @Test
  void start_appsBesideTheSandboxs_areRefused() {
    assertThatThrownBy(
            () ->
                SandboxServer.start(
                    Map.of("wxnotify.apps.b.app-id", "wxb", "wxnotify.apps.b.app-secret", "s")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the sandbox brings its own app");
  }
}
