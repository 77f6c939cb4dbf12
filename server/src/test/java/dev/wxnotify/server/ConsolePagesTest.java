package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.sandbox.SandboxTemplates;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceBlockingStub;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The console of a whole server, with a sandbox behind it. */
@Timeout(120)
class ConsolePagesTest {
  /** Markup, quotes, a mark that turns the direction, and an emoji. */
  private static final String HOSTILE = "<script>alert(1)</script>\"'&\u202e🎉";

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static SandboxServer server;
  private static ManagedChannel channel;
  private static String messageId;

  @BeforeAll
  static void start() throws Exception {
    server = SandboxServer.start(Map.of("wxnotify.monitoring.port", "0"));
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
    messageId = send("alice", HOSTILE);
    refused("sandbox-43101", "refused-1");
    refused("sandbox-40003", "refused-2");
    refused("sandbox-40003", "refused-3");
    Await.until("the receipt is shown", () -> lookup(messageId).contains("Receipt: delivered"));
    sandbox("/sandbox/users/alice/reject", template(SandboxTemplates.ORDER_TEMPLATE_ID));
    String failing = send("sandbox-push-failed", "x".repeat(64));
    Await.until("the failed receipt is shown", () -> lookup(failing).contains("ErrorStatus"));
    Await.until(
        "the answer is shown", () -> page("/lookup?q=alice&kind=user").contains("badge warn"));
    // They are fetched beside the messages, which do not wait for them.
    Await.until("the templates are known", () -> text(page("/")).contains("3 templates"));
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    server.close();
  }

  private static NotificationServiceBlockingStub stub() {
    return NotificationServiceGrpc.newBlockingStub(channel);
  }

  private static String send(String openId, String requestId) {
    return stub().sendSubscribeMessage(request(openId, requestId)).getMessageId();
  }

  private static void refused(String openId, String requestId) {
    try {
      send(openId, requestId);
    } catch (StatusRuntimeException expected) {
      return;
    }
    throw new AssertionError("not refused");
  }

  private static SendSubscribeMessageRequest request(String openId, String requestId) {
    return RunningServer.requestTo(openId).toBuilder().setRequestId(requestId).build();
  }

  private static String template(String id) {
    return "{\"template_ids\":[\"" + id + "\"]}";
  }

  private static void sandbox(String path, String json) throws Exception {
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(server.sandboxUrl().resolve(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static HttpResponse<String> get(String path, String language) throws Exception {
    URI page = URI.create("http://127.0.0.1:" + server.monitoringPort() + path);
    return HTTP.send(
        HttpRequest.newBuilder(page).header("Accept-Language", language).build(),
        BodyHandlers.ofString());
  }

  private static String page(String path) throws Exception {
    HttpResponse<String> answer = get(path, "en");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static String lookup(String id) throws Exception {
    return page("/lookup?q=" + URLEncoder.encode(id, StandardCharsets.UTF_8));
  }

  /** Returns what a person reads. */
  private static String text(String html) {
    return html.replaceAll("(?s)<(script|style).*?</\\1>", " ")
        .replaceAll("<[^>]*>", " ")
        .replaceAll("\\s+", " ");
  }

  @Test
  void overview_saysWhetherItCanSend_andWhatItUses() throws Exception {
    assertThat(text(page("/")))
        .contains("Ready", "Up for", "Redis not used", "Journal works", "Messages in flight")
        .contains("Connections to WeChat", "Message push on 127.0.0.1:")
        .contains(SandboxOptions.APP_ID + " can send", "Token fresh", "Source WeChat")
        .contains("Token calls left this hour", "Pace of batches no limit")
        .contains("Daily quota not exhausted", "3 templates")
        .contains("Of this replica alone, since its start");
  }

  @Test
  void overview_hasTheCurvesAsATable() throws Exception {
    assertThat(page("/"))
        .contains("data-history=\"/history.json\"", "The same as a table", "role=\"img\"");
    assertThat(page("/history.json")).startsWith("{\"at\":[").contains("\"not_sent\":[");
  }

  @Test
  void failures_sayWhatWeChatSaid_whatItMeans_andWhatToDo() throws Exception {
    assertThat(text(page("/failures")))
        .containsSubsequence("INVALID_OPEN_ID", "Rejected", "40003", "invalid openid", "rid")
        .containsSubsequence("USER_NOT_SUBSCRIBED", "43101", "Callers ask the user again");
    assertThat(page("/failures?app=wx0000000000000000")).contains("No failures in the last hour");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/failures",
        "/apps/" + SandboxOptions.APP_ID,
        "/lookup",
        "/lookup?q=alice",
        "/events",
        "/configuration",
        "/errors"
      })
  void pages_areInBothLanguages_andLoadNothingFromElsewhere(String path) throws Exception {
    HttpResponse<String> chinese = get(path, "zh-CN,zh;q=0.9");
    assertThat(chinese.statusCode()).isEqualTo(200);
    assertThat(chinese.body()).contains("<html lang=\"zh-CN\"", "控制台", "只读页面");
    assertThat(chinese.body()).doesNotContain("Read-only");
    HttpResponse<String> english = get(path, "en");
    assertThat(english.body()).contains("<html lang=\"en\"", "Read-only");
    assertThat(english.headers().firstValue("content-security-policy").orElseThrow())
        .startsWith("default-src 'self'");
    assertThat(english.body())
        .doesNotContainPattern("(src|href)=\"(https?:)?//")
        .doesNotContainPattern("<[^>]+ (style|onclick)=")
        .doesNotContainPattern("<script(?! src=)");
  }

  @Test
  void failures_inChinese_sayWhatToDo() throws Exception {
    assertThat(text(get("/failures", "zh-CN").body()))
        .contains("openid 格式不正确，或者属于其他小程序", "调用方在小程序里再次请用户订阅");
  }

  @Test
  void app_hasItsTemplatesWithKeywords_andItsPushUrl() throws Exception {
    assertThat(text(page("/apps/" + SandboxOptions.APP_ID)))
        .contains("秒杀开始提醒", "thing1 商品名称 thing", "one-time", "Flash-sale reminders")
        .contains("enum_string2", "运行中 · 已完成 · 故障")
        .contains("Path for WeChat /wechat/sandbox", "Mode safe", "Fingerprint");
  }

  @Test
  void lookup_byMessageId_hasTheWholeTimeline() throws Exception {
    assertThat(text(lookup(messageId)))
        .containsSubsequence(
            "Received",
            "This server has no callers",
            "Written to WeChat",
            "One request",
            "Accepted",
            "WeChat took the message",
            "Receipt: delivered",
            "after the answer, by the clock of WeChat",
            "Arrived here",
            "Rejected",
            "Later event of this user")
        .contains("MessageService/GetMessage", "秒杀开始提醒");
  }

  @Test
  void lookup_byRequestId_showsHostileTextAsText() throws Exception {
    String html = lookup(HOSTILE);
    assertThat(html)
        .contains("Receipt")
        .contains("&lt;script>alert(1)&lt;/script>", "🎉")
        .doesNotContain("<script>alert", "\"'&\u202e");
    assertThat(html).as("in the command").contains("\\u0027&amp;\\u202e");
  }

  @Test
  void lookup_ofARefusedMessage_saysWhyAndWhatToDo() throws Exception {
    assertThat(text(lookup("refused-1")))
        .containsSubsequence(
            "Rejected", "This is normal.", "What to do: Callers ask the user again")
        .contains("Reason USER_NOT_SUBSCRIBED errcode 43101 errmsg", "rid")
        .doesNotContain("No receipt yet");
  }

  @Test
  void lookup_ofALongRequestId_showsThatTheReceiptFailed() throws Exception {
    assertThat(text(lookup("x".repeat(64))))
        .containsSubsequence("Receipt: not delivered", "ErrorCode", "ErrorStatus");
  }

  @Test
  void lookup_byOpenId_hasMessagesAndSubscriptions() throws Exception {
    assertThat(text(page("/lookup?q=alice&kind=user")))
        .containsSubsequence("User alice", "Subscriptions", "订单状态通知", "rejected", "dialog")
        .containsSubsequence("Messages", "Accepted", "delivered", messageId)
        .containsSubsequence("What the user answered", "Rejected")
        .contains("SubscriptionService/GetSubscriptions");
  }

  @Test
  void lookup_ofManyMessages_hasPages_newestFirst() throws Exception {
    for (int i = 0; i < 26; i++) {
      send("paged", "paged-" + i);
    }
    Await.until(
        "26 messages are in the journal",
        () -> page("/lookup?q=paged&kind=user").contains("rel=\"next\""));
    String first = page("/lookup?q=paged&kind=user");
    String next = first.replaceAll("(?s).*href=\"([^\"]*)\" rel=\"next\".*", "$1");
    String second = page(next.replace("&amp;", "&"));
    assertThat(second).contains("rel=\"prev\"").doesNotContain("rel=\"next\"");
    assertThat(second.split("data-label=\"Message id\"", -1)).hasSize(2);
  }

  @Test
  void lookup_thatFindsNothing_saysWhereItLooked() throws Exception {
    assertThat(text(lookup("nobody-has-this")))
        .contains("Nothing found", "the newest 10,000 messages of this replica");
    assertThat(page("/lookup?q=" + "9".repeat(257))).contains("more than 256 characters");
    assertThat(page("/lookup?q=alice&app=wx0")).contains("no such app");
  }

  @Test
  void events_beginWithTheNewest_andAreFilteredByKind() throws Exception {
    assertThat(text(page("/events"))).contains("Delivered", "Not delivered", "Rejected", "alice");
    assertThat(page("/events"))
        .contains("sse-connect=\"/events/stream?after=", "hx-swap=\"afterbegin\"");
    String answers = page("/events?kind=subscription");
    assertThat(text(answers)).contains("Rejected", "reject").doesNotContain("ErrorStatus");
    assertThat(answers).contains("kind=subscription&amp;after=").doesNotContain("badge ok");
  }

  @Test
  void configuration_hasValuesAndOrigins_andNoSecret(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("wxnotify.yaml"),
            "wxnotify:\n  apps:\n    shop: {app-id: %s, app-secret: %s}\n"
                .formatted(SandboxOptions.APP_ID, SandboxOptions.APP_SECRET));
    try (RunningServer shop =
        RunningServer.follow(SandboxOptions.defaults(), file, Map.of("wxnotify.warm-up", "0s"))) {
      String html = get(shop, "/configuration").body();
      assertThat(get(shop, "/configuration", "zh-CN").body())
          .contains("<h3>微信的推送</h3>", "<h3>小程序</h3>")
          .doesNotContainPattern("<h3[^>]*>(?!gRPC|TLS)[ -~]+</h3>");
      assertThat(text(html))
          .contains("wxnotify.grpc.max-in-flight", "1000", "default", "set, not shown")
          .contains("wxnotify.apps.shop.app-id", SandboxOptions.APP_ID)
          .contains("No callers");
      assertThat(html).doesNotContain(SandboxOptions.APP_SECRET);
      assertThat(get(shop, "/configuration?q=MAX-IN-FLIGHT").body())
          .doesNotContain("wxnotify.grpc.port");
      assertThat(get(shop, "/configuration?q=%3Cscript%3E").body())
          .contains("No key matches", "&lt;script>")
          .doesNotContain("<script>");
      assertThat(text(get(shop, "/").body())).contains("shop can send");
    }
  }

  @Test
  void errors_explainReasonsAndErrcodes() throws Exception {
    assertThat(page("/errors")).contains("id=\"errcode43101\"", "id=\"OUTCOME_UNKNOWN\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nothing", "/apps/%3Cscript%3Ealert(1)", "/apps/"})
  void whatIsNotThere_is404(String path) throws Exception {
    HttpResponse<String> answer = get(path, "en");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("Not found").doesNotContain("<script>alert");
  }

  @Test
  void lookup_whileTheJournalIsAway_saysSo_andOtherPagesWork() throws Exception {
    Map<String, String> keys =
        Map.of(
            "wxnotify.journal.url", "jdbc:postgresql://127.0.0.1:1/none",
            "wxnotify.journal.user", "nobody");
    try (RunningServer away = RunningServer.start(SandboxOptions.defaults(), keys)) {
      Await.until("it is degraded", () -> text(get(away, "/").body()).contains("Degraded"));
      HttpResponse<String> answer = get(away, "/lookup?q=alice");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("JOURNAL_UNAVAILABLE", "Sends go on");
      assertThat(get(away, "/events").body()).contains("JOURNAL_UNAVAILABLE");
      assertThat(text(get(away, "/").body())).contains("Journal unavailable");
    }
  }

  @Test
  void appWithoutQuota_isNotSaidToSend() throws Exception {
    try (RunningServer used = RunningServer.start()) {
      assertThat(text(get(used, "/").body())).contains(SandboxOptions.APP_ID + " can send");
      assertThatThrownBy(
              () -> used.blocking().sendSubscribeMessage(request("sandbox-45009", "no-quota")))
          .hasMessageContaining("DAILY_QUOTA_EXHAUSTED");
      assertThat(text(get(used, "/").body()))
          .contains(SandboxOptions.APP_ID + " daily quota used up", "Daily quota used up")
          .doesNotContain("can send");
    }
  }

  @Test
  void manyApps_areAllShown_andALookupAsksForOne() throws Exception {
    Map<String, String> keys = new java.util.HashMap<>();
    for (int i = 0; i < 24; i++) {
      keys.put("wxnotify.apps.app%02d.app-id".formatted(i), "wx00000000000000%02d".formatted(i));
      keys.put("wxnotify.apps.app%02d.app-secret".formatted(i), "secret");
    }
    try (RunningServer many = RunningServer.start(SandboxOptions.defaults(), keys)) {
      assertThat(text(get(many, "/").body())).contains("Apps 25", "wx0000000000000023");
      assertThat(get(many, "/lookup?q=nobody&kind=user").body()).contains("choose one");
    }
  }

  private static HttpResponse<String> get(RunningServer from, String path) throws Exception {
    return get(from, path, "en");
  }

  private static HttpResponse<String> get(RunningServer from, String path, String language)
      throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(from.monitoring(path)).header("Accept-Language", language).build(),
        BodyHandlers.ofString());
  }

  @Test
  void login_isAForm_inTheLanguageOfTheReader() throws Exception {
    Map<String, String> keys =
        Map.of(
            "wxnotify.grpc.callers.ops.token-sha256", "81".repeat(32),
            "wxnotify.grpc.callers.ops.apps", "shop",
            "wxnotify.grpc.callers.ops.operator", "true");
    try (RunningServer closed = RunningServer.start(SandboxOptions.defaults(), keys)) {
      HttpResponse<String> form = get(closed, "/events?kind=delivery");
      assertThat(form.statusCode()).isEqualTo(401);
      assertThat(form.body())
          .contains("Sign in", "type=\"password\"", "value=\"/events?kind=delivery\"")
          .doesNotContain(SandboxOptions.APP_ID);
      HttpResponse<String> wrong =
          HTTP.send(
              HttpRequest.newBuilder(closed.monitoring("/login"))
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .header("Accept-Language", "zh-CN")
                  .POST(BodyPublishers.ofString("token=wrong&next=%2F"))
                  .build(),
              BodyHandlers.ofString());
      assertThat(wrong.statusCode()).isEqualTo(401);
      assertThat(wrong.body()).contains("登录", "token 不正确").doesNotContain("wrong");
    }
  }
}
