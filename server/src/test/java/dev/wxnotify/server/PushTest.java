package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.metrics.Scrape;
import dev.wxnotify.server.push.WeChatSide;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.LogCapture;
import dev.wxnotify.server.testing.RawHttp;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** WeChat's pushes to a whole server, whose configuration and files change meanwhile. */
@Timeout(120)
class PushTest {
  private static final String KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
  private static final String OTHER_KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg";
  private static final String TEXT = "{\"Event\":\"debug_demo\",\"debug_str\":\"hush\"}";

  private final Path directory;

  PushTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static WeChatSide weChat(String token, String key) {
    return new WeChatSide(token, key, SandboxOptions.APP_ID);
  }

  private static int push(RunningServer server, String name, WeChatSide weChat) throws Exception {
    WeChatSide.Push push = weChat.safe(Instant.now().getEpochSecond(), TEXT);
    return RawHttp.ask(
            server.pushPort(),
            "POST /wechat/"
                + name
                + "?"
                + push.rawQuery()
                + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
                + push.body().length()
                + "\r\n\r\n"
                + push.body())
        .status();
  }

  private static void awaitStatus(RunningServer server, String name, WeChatSide weChat, int status)
      throws Exception {
    Await.until("status " + status + " of " + name, () -> push(server, name, weChat) == status);
  }

  private void move(String name, String content) throws Exception {
    Files.move(
        Files.writeString(directory.resolve("next"), content),
        directory.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static String app(String name, String push) {
    return "wxnotify:\n  apps:\n    %s: {app-id: %s, app-secret: %s%s}\n"
        .formatted(
            name, SandboxOptions.APP_ID, SandboxOptions.APP_SECRET, ", push: {" + push + "}");
  }

  private static String readiness(RunningServer server) throws Exception {
    return get(server, "/readyz");
  }

  private static String get(RunningServer server, String page) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(server.monitoring(page)).build(), BodyHandlers.ofString())
        .body();
  }

  @Test
  void appsOfTheConfiguration_followItsFile() throws Exception {
    WeChatSide first = weChat("first-hush", KEY);
    WeChatSide second = weChat("second-hush", OTHER_KEY);
    String secrets = "token: %s, encoding-aes-key: %s";
    move("wxnotify.yaml", app("shop", secrets.formatted("first-hush", KEY)));
    try (LogCapture log = LogCapture.open();
        RunningServer server =
            RunningServer.follow(
                SandboxOptions.defaults(),
                directory.resolve("wxnotify.yaml"),
                Map.of("wxnotify.push.port", "0"))) {
      assertThat(push(server, "shop", first)).isEqualTo(200);
      assertThat(push(server, "shop", second)).isEqualTo(403);
      Scrape before = new Scrape(get(server, "/metrics"));
      assertThat(before.names())
          .contains("wxnotify_pushes_total", "wxnotify_receipt_lag_seconds_count");

      move(
          "wxnotify.yaml",
          app(
              "shop",
              "token: [first-hush, second-hush], encoding-aes-key: [%s, %s]"
                  .formatted(KEY, OTHER_KEY)));
      awaitStatus(server, "shop", second, 200);
      assertThat(push(server, "shop", first)).isEqualTo(200);

      move("wxnotify.yaml", app("shop", secrets.formatted("second-hush", KEY)));
      awaitStatus(server, "shop", first, 403);
      assertThat(push(server, "shop", second)).isEqualTo(403); // The key is the old one again.
      assertThat(readiness(server)).contains("degraded", "push.encoding-aes-key");

      move("wxnotify.yaml", app("mall", secrets.formatted("second-hush", OTHER_KEY)));
      awaitStatus(server, "mall", second, 200);
      assertThat(push(server, "shop", second)).isEqualTo(404);

      assertThat(server.blocking().sendSubscribeMessage(RunningServer.requestTo("user")))
          .satisfies(answer -> assertThat(answer.getMessageId()).isNotEmpty());
      assertThat(log.everything()).doesNotContain("hush", KEY, OTHER_KEY);
    }
  }

  @Test
  void secretsInFiles_followTheirFiles() throws Exception {
    move("token", "first-hush\n");
    move("key", KEY + "\n");
    Map<String, String> keys =
        Map.of(
            "wxnotify.push.port", "0",
            "wxnotify.apps.shop.push.token-file", directory.resolve("token").toString(),
            "wxnotify.apps.shop.push.encoding-aes-key-file", directory.resolve("key").toString());
    try (LogCapture log = LogCapture.open();
        RunningServer server = RunningServer.start(SandboxOptions.defaults(), keys)) {
      assertThat(push(server, "shop", weChat("first-hush", KEY))).isEqualTo(200);

      move("token", "second-hush\n");
      awaitStatus(server, "shop", weChat("second-hush", KEY), 200);
      assertThat(push(server, "shop", weChat("first-hush", KEY))).isEqualTo(403);

      move("key", "no key\n");
      Await.until(
          "the warning", () -> log.everything().contains("expected: 43 characters of A-Z a-z 0-9"));
      assertThat(push(server, "shop", weChat("second-hush", KEY))).isEqualTo(200);

      move("key", OTHER_KEY);
      awaitStatus(server, "shop", weChat("second-hush", OTHER_KEY), 200);
      assertThat(log.everything()).doesNotContain("hush", KEY, OTHER_KEY, "no key");
    }
  }
}
