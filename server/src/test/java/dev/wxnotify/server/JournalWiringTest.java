package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server with a journal in a file, and one whose database is away. */
@Timeout(60)
class JournalWiringTest {
  private static final String REFUSED_ONCE = "sandbox-once-43101-wiring";

  @Test
  void serverWithAFile_knowsAfterARestartWhoIsNotSubscribed(@TempDir Path directory)
      throws Exception {
    Map<String, String> keys =
        Map.of("wxnotify.journal.url", "jdbc:sqlite:" + directory.resolve("journal.db"));
    try (RunningServer server = RunningServer.start(SandboxOptions.defaults(), keys)) {
      assertThat(failureOf(server, false).getOutcome()).isEqualTo(Outcome.OUTCOME_REJECTED);
      // The start waits for the journal for two seconds, which a busy machine may need.
      Await.until("ready", () -> get(server, "/readyz").contains("\"ready\""));
      assertThat(get(server, "/readyz")).doesNotContain("journal");
    }
    try (RunningServer server = RunningServer.start(SandboxOptions.defaults(), keys)) {
      Await.until("ready", () -> get(server, "/readyz").contains("\"ready\""));
      assertThat(failureOf(server, true).getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_SENT);
      assertThat(server.sandbox().state().sendsReceived()).isZero();
    }
  }

  @Test
  void serverWhoseDatabaseIsAway_sends_andSaysSo() throws Exception {
    Map<String, String> keys =
        Map.of("wxnotify.journal.url", "jdbc:postgresql://127.0.0.1:1/nowhere");
    try (RunningServer server = RunningServer.start(SandboxOptions.defaults(), keys)) {
      server.blocking().sendSubscribeMessage(RunningServer.requestTo("user"));

      Await.until("it says so", () -> get(server, "/readyz").contains("journal: "));
      assertThat(get(server, "/readyz")).contains("degraded");
      assertThat(get(server, "/metrics")).contains("wxnotify_journal_up 0.0");
    }
  }

  private static SendError failureOf(RunningServer server, boolean skipUnlessSubscribed)
      throws Exception {
    SendSubscribeMessageRequest request =
        SendSubscribeMessageRequest.newBuilder()
            .setMessage(RunningServer.messageTo(REFUSED_ONCE))
            .setSkipUnlessSubscribed(skipUnlessSubscribed)
            .build();
    return RunningServer.sendError(
        catchThrowableOfType(
            StatusRuntimeException.class, () -> server.blocking().sendSubscribeMessage(request)));
  }

  private static String get(RunningServer server, String path) throws Exception {
    URI at = server.monitoring(path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(at).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
