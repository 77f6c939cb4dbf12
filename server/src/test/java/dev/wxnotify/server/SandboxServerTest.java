package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import dev.wxnotify.client.EventWatch;
import dev.wxnotify.client.NotificationClient;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.v1.DeliveryStatus;
import dev.wxnotify.v1.Event;
import dev.wxnotify.v1.WatchEventsRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
        assertThat(get(messages)).contains("\"total\":1");
      }
    }
  }

  /** The fake WeChat verifies the push URL as WeChat's form does, and pushes in safe mode. */
  @Test
  void start_itsSandboxPushesReceiptsToIt() throws Exception {
    try (SandboxServer server = SandboxServer.start(Map.of());
        NotificationClient client =
            NotificationClient.builder("127.0.0.1:" + server.grpcPort()).plaintext().build()) {
      BlockingQueue<Event> events = new LinkedBlockingQueue<>();
      WatchEventsRequest all =
          WatchEventsRequest.newBuilder()
              .setSince(Timestamp.newBuilder().setSeconds(Instant.now().getEpochSecond() - 60))
              .build();
      try (EventWatch watch = client.events().watch(all, events::add)) {
        String messageId = client.send(RunningServer.requestTo("alice")).getMessageId();

        Event receipt = events.poll(Await.LONGEST.toSeconds(), TimeUnit.SECONDS);
        assertThat(receipt).isNotNull();
        assertThat(receipt.getDelivery().getMessageId()).isEqualTo(messageId);
        assertThat(receipt.getDelivery().getStatus())
            .isEqualTo(DeliveryStatus.DELIVERY_STATUS_DELIVERED);
        assertThat(watch.cursor()).isNotNull();
      }
      URI state = server.sandboxUrl().resolve("/sandbox/state");
      Await.until(
          "the push URL is verified",
          () -> get(state).contains("\"" + SandboxOptions.APP_ID + "\":\"verified\""));
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

  private static String get(URI uri) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
