package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.RawHttp;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The console on the monitoring port of a whole server: who is let in, and that probes go on. */
@Timeout(120)
class ConsolePortTest {
  private static final int BROWSERS = 200;
  private static final String TOKEN = "ops-token-hush-1";
  private static final HttpClient HTTP =
      HttpClient.newBuilder().followRedirects(Redirect.NEVER).build();

  private static HttpResponse<String> get(RunningServer server, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.monitoring(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> logIn(RunningServer server, String token) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(server.monitoring("/login"))
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("token=" + token))
            .build(),
        BodyHandlers.ofString());
  }

  private static String caller(String name, String token, String more) throws Exception {
    return "      %s: {token-sha256: %s%s}\n".formatted(name, AccessTest.sha256(token), more);
  }

  private static String yaml(String... callers) {
    return """
    wxnotify:
      apps:
        shop: {app-id: %s, app-secret: %s}
      grpc:
        callers:
    """
            .formatted(SandboxOptions.APP_ID, SandboxOptions.APP_SECRET)
        + String.join("", callers);
  }

  @Test
  void withoutCallers_itIsThereForThisMachine() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      assertThat(get(server, "/").statusCode()).isEqualTo(200);
      assertThat(get(server, "/", "x-forwarded-for", "203.0.113.9").statusCode()).isEqualTo(403);
      assertThat(
              RawHttp.ask(
                      server.monitoring("/").getPort(),
                      "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")
                  .status())
          .isEqualTo(403);
      assertThat(
              RawHttp.ask(
                      server.monitoring("/").getPort(),
                      "GET /readyz HTTP/1.1\r\nHost: evil.example\r\n\r\n")
                  .status())
          .as("probes have no allowed hosts")
          .isEqualTo(200);
    }
  }

  @Test
  void switchedOff_thereIsNothingButProbes() throws Exception {
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(), Map.of("wxnotify.monitoring.console", "false"))) {
      assertThat(get(server, "/"))
          .returns(404, HttpResponse::statusCode)
          .returns("not found; the pages are /livez, /readyz and /metrics\n", HttpResponse::body);
      assertThat(get(server, "/livez").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void changedCallers_endSessions(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("wxnotify.yaml");
    String crm = caller("crm", "crm-token-hush-2", "");
    Files.writeString(file, yaml(crm, caller("ops", TOKEN, ", operator: true")));
    try (RunningServer server = RunningServer.follow(SandboxOptions.defaults(), file, Map.of())) {
      assertThat(get(server, "/")).returns(401, HttpResponse::statusCode);
      assertThat(get(server, "/").body()).doesNotContain(SandboxOptions.APP_ID);
      assertThat(logIn(server, "wrong-token-hush-3").statusCode()).isEqualTo(401);
      assertThat(logIn(server, "crm-token-hush-2").statusCode()).isEqualTo(403);
      assertThat(get(server, "/", "authorization", "Bearer " + TOKEN).statusCode()).isEqualTo(200);
      HttpResponse<String> login = logIn(server, TOKEN);
      assertThat(login.statusCode()).isEqualTo(303);
      String cookie = login.headers().firstValue("set-cookie").orElseThrow().split(";", 2)[0];
      assertThat(get(server, "/", "cookie", cookie).statusCode()).isEqualTo(200);

      Path next = Files.writeString(directory.resolve("next"), yaml(crm, caller("ops", TOKEN, "")));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

      Await.until(
          "the end of the session", () -> get(server, "/", "cookie", cookie).statusCode() == 401);
      assertThat(get(server, "/", "authorization", "Bearer " + TOKEN).statusCode()).isEqualTo(403);
    }
  }

  @Test
  void idleBrowsers_delayNoProbeAndNoScrape() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      int port = server.monitoring("/").getPort();
      List<RawHttp> browsers = new ArrayList<>();
      try {
        for (int i = 0; i < BROWSERS; i++) {
          browsers.add(new RawHttp(port));
          if (i % 50 == 0) {
            assertThat(get(server, "/livez").statusCode()).isEqualTo(200);
          }
        }

        assertThat(get(server, "/").statusCode()).isEqualTo(200);
        assertThat(get(server, "/readyz").statusCode()).isEqualTo(200);
        assertThat(get(server, "/metrics").statusCode()).isEqualTo(200);
        assertThat(get(server, "/livez").statusCode()).isEqualTo(200);
      } finally {
        for (RawHttp each : browsers) {
          each.close();
        }
      }
    }
  }
}
