package dev.wxnotify.server;

import static dev.wxnotify.server.testing.StatusAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.sandbox.Effect;
import dev.wxnotify.sandbox.EffectKind;
import dev.wxnotify.sandbox.Fault;
import dev.wxnotify.sandbox.SandboxEndpoint;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.metrics.Scrape;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.RedisServerExtension;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is seen of the whole server: its readiness, its metrics, and no secrets. */
@Timeout(60)
class MonitoringTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String FIRST = "98_first-token-of-the-company-0123456789";
  private static final String SECOND = "98_second-token-of-the-company-9876543210";
  private static final String ENDED_CALLS = "grpc_server_processing_duration_seconds_count";

  /** It waits for a token that is held, also while it stops. */
  private static final Map<String, String> PATIENT =
      Map.of("wxnotify.wechat.request-timeout", "1m", "wxnotify.shutdown.grace", "1m");

  private static final String READY = "{\"status\":\"ready\",\"reasons\":[]}\n";

  @RegisterExtension final RedisServerExtension redis = RedisServerExtension.with();

  private static HttpResponse<String> get(URI address) throws IOException, InterruptedException {
    return HTTP.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> readyz(RunningServer server) throws Exception {
    return get(server.monitoring("/readyz"));
  }

  private static void awaitReadyz(RunningServer server, int status, String... parts)
      throws Exception {
    Await.until(
        "/readyz with " + status + " and " + List.of(parts),
        () -> {
          HttpResponse<String> answer = readyz(server);
          return answer.statusCode() == status
              && List.of(parts).stream().allMatch(answer.body()::contains);
        });
  }

  private static ServingStatus health(RunningServer server, String service) {
    return HealthGrpc.newBlockingStub(server.channel())
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }

  private static void awaitHealth(RunningServer server, ServingStatus status) throws Exception {
    Await.until(
        "health: " + status,
        () ->
            health(server, "") == status
                && health(server, NotificationServiceGrpc.SERVICE_NAME) == status);
  }

  private static void send(RunningServer server, String openId) {
    assertThat(
            server.blocking().sendSubscribeMessage(RunningServer.requestTo(openId)).getMessageId())
        .isNotEmpty();
  }

  @Test
  void start_isReadyOnceTheFirstTokenCallHasEnded() throws Exception {
    try (TokenKeeper keeper = TokenKeeper.start()) {
      keeper.keep(FIRST, Duration.ofHours(2));
      CountDownLatch held = keeper.hold();
      try (RunningServer server =
          RunningServer.start(SandboxOptions.defaults(), keeper.keys(PATIENT))) {
        Await.until("the token is asked for", () -> keeper.asked.size() == 1);
        HttpResponse<String> early = readyz(server);
        assertThat(early.statusCode()).isEqualTo(503);
        assertThat(early.body()).contains("\"not_ready\"", "the server is starting");
        assertThat(health(server, "")).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(get(server.monitoring("/livez")).statusCode()).isEqualTo(200);

        held.countDown();

        awaitReadyz(server, 200, READY);
        awaitHealth(server, ServingStatus.SERVING);
      }
    }
  }

  @Test
  void weChatAway_isReadyAndSaysThatThereIsNoToken() throws Exception {
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(), Map.of("wxnotify.wechat.base-url", "http://127.0.0.1:1"))) {
      awaitReadyz(server, 200, "\"degraded\"", SandboxOptions.APP_ID + ": no new token: WeChat");
      awaitHealth(server, ServingStatus.SERVING);
    }
  }

  @Test
  void redisStoppedAndBack_isDegradedMeanwhile() throws Exception {
    try (RunningServer server =
        RunningServer.start(SandboxOptions.defaults(), Map.of("wxnotify.redis.url", redis.url()))) {
      awaitReadyz(server, 200, READY);
      assertThat(scrape(server).value("wxnotify_redis_up")).isEqualTo(1);

      redis.stop();
      send(
          server, "notices"); // Without a request id nothing would ask Redis; the link itself sees.
      server
          .blocking()
          .sendSubscribeMessage(
              RunningServer.requestTo("user").toBuilder().setRequestId("id").build());

      awaitReadyz(server, 200, "\"degraded\"", "\"redis: ");
      assertThat(scrape(server).value("wxnotify_redis_up")).isZero();
      assertThat(scrape(server).value("wxnotify_degraded")).isEqualTo(1);
      assertThat(health(server, "")).isEqualTo(ServingStatus.SERVING);

      redis.start();
      awaitReadyz(server, 200, READY);
      assertThat(scrape(server).value("wxnotify_redis_up")).isEqualTo(1);
    }
  }

  @Test
  void redisLateAtStart_isDegraded() throws Exception {
    redis.stop();
    try (RunningServer server =
        RunningServer.start(SandboxOptions.defaults(), Map.of("wxnotify.redis.url", redis.url()))) {
      awaitReadyz(server, 200, "\"degraded\"", "\"redis: ");
    } finally {
      redis.start();
    }
  }

  @Test
  void credentialsOfTheOnlyAppRefused_isNotReady() throws Exception {
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(),
            Map.of("wxnotify.apps.shop.app-secret", "a-wrong-secret-of-the-shop"))) {
      awaitReadyz(server, 503, "\"not_ready\"", SandboxOptions.APP_ID, "40");
      awaitHealth(server, ServingStatus.NOT_SERVING);
      assertThat(readyz(server).body()).doesNotContain("a-wrong-secret-of-the-shop");
      Scrape metrics = scrape(server);
      assertThat(metrics.value("wxnotify_ready")).isZero();
      assertThat(metrics.value("wxnotify_app_can_send{app=\"" + SandboxOptions.APP_ID + "\"}"))
          .isZero();
    }
  }

  @Test
  void credentialsOfOneAppOfTwoRefused_isReadyAndShowsIt() throws Exception {
    SandboxOptions options =
        SandboxOptions.builder().app("wxone", "secret-one").app("wxtwo", "secret-two").build();
    Map<String, String> keys =
        Map.of(
            "wxnotify.apps.shop.app-id", "wxone",
            "wxnotify.apps.shop.app-secret", "not-secret-one",
            "wxnotify.apps.club.app-id", "wxtwo",
            "wxnotify.apps.club.app-secret", "secret-two");
    try (RunningServer server = RunningServer.start(options, keys)) {
      awaitReadyz(server, 200, "\"degraded\"", "app wxone: ");
      assertThat(readyz(server).body()).doesNotContain("wxtwo", "secret-one");
      awaitHealth(server, ServingStatus.SERVING);
    }
  }

  @Test
  void addressTakenFromTheList_isNotReadyAndHealsWithTheFirstSendThatIsTaken() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      awaitReadyz(server, 200, READY);
      server.sandbox().addFault(Fault.on(SandboxEndpoint.SEND, Effect.errcode(40164)).times(1));
      sendAndFail(server, "user");

      awaitReadyz(server, 503, "WeChat rejects its messages: 40164");
      awaitHealth(server, ServingStatus.NOT_SERVING);
      send(server, "user");
      awaitReadyz(server, 200, READY);
      awaitHealth(server, ServingStatus.SERVING);
    }
  }

  @Test
  void weChatHiccups_changeNothing() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      awaitReadyz(server, 200, READY);
      for (Effect hiccup :
          List.of(Effect.errcode(-1), Effect.of(EffectKind.RESET_AFTER), Effect.http(502))) {
        server.sandbox().addFault(Fault.on(SandboxEndpoint.SEND, hiccup));
        sendAndFail(server, "user");
        assertThat(readyz(server).body()).isEqualTo(READY);
        server.sandbox().clearFaults();
      }
    }
  }

  @Test
  void stop_isNotReadyFirstWhileAcceptedCallsGoOn() throws Exception {
    try (TokenKeeper keeper = TokenKeeper.start()) {
      keeper.keep(FIRST, Duration.ofHours(2));
      try (RunningServer server =
          RunningServer.start(SandboxOptions.defaults(), keeper.keys(PATIENT))) {
        awaitReadyz(server, 200, READY);
        keeper.keep(SECOND, Duration.ofHours(2)); // WeChat rejects the first from now on.
        CountDownLatch held = keeper.hold();
        var accepted = server.future().sendSubscribeMessage(RunningServer.requestTo("user"));
        Await.until("it waits for the second token", () -> keeper.asked.size() == 2);

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::stopServer);

        awaitReadyz(server, 503, "the server is stopping");
        assertThat(stopped).isNotDone();
        held.countDown();
        assertThat(accepted.get(30, TimeUnit.SECONDS).getMessageId()).isNotEmpty();
        stopped.get(30, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void sigterm_isNotReadyWhileAnAcceptedCallGoesOn_andEndsWell() throws Exception {
    try (WxnotifyProcess server =
        WxnotifyProcess.start(Map.of("WXNOTIFY_GRPC_PORT", "0"), "serve", "--sandbox")) {
      String line = server.awaitErr("ready: gRPC on ");
      String monitoring = line.replaceAll(".*monitoring on (\\S+),.*", "$1");
      URI readyz = URI.create("http://" + monitoring + "/readyz");
      Await.until("ready", () -> get(readyz).statusCode() == 200);
      assertThat(server.out()).contains("curl http://" + monitoring + "/readyz");
      ManagedChannel channel =
          NettyChannelBuilder.forTarget(line.replaceAll(".*gRPC on ([^ ,]+),.*", "$1"))
              .usePlaintext()
              .build();
      try {
        var slow =
            NotificationServiceGrpc.newFutureStub(channel)
                .sendSubscribeMessage(RunningServer.requestTo("sandbox-slow-3000"));
        Await.until(
            "WeChat has it",
            () ->
                new Scrape(get(URI.create("http://" + monitoring + "/metrics")).body())
                        .value("wxnotify_permits_used{pool=\"wechat_connections\"}")
                    == 1);

        server.terminate();

        Await.until("not ready", () -> get(readyz).body().contains("the server is stopping"));
        assertThat(slow.get(30, TimeUnit.SECONDS).getMessageId()).isNotEmpty();
        assertThat(server.exitCode()).isZero();
      } finally {
        channel.shutdownNow();
      }
    }
  }

  /** Else a caller could make up series without end. */
  @Test
  void calls_ofMethodsThatThereAreNot_areOneSeries() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      for (String name : List.of("a/b", "a/c", "wxnotify.v1.NotificationService/Nothing")) {
        MethodDescriptor<HealthCheckRequest, HealthCheckResponse> method =
            HealthGrpc.getCheckMethod().toBuilder().setFullMethodName(name).build();
        assertThatCall(
                () ->
                    ClientCalls.blockingUnaryCall(
                        server.channel(),
                        method,
                        CallOptions.DEFAULT,
                        HealthCheckRequest.getDefaultInstance()))
            .isError(
                Status.Code.UNIMPLEMENTED, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_NOT_SENT);
      }

      awaitEndedCalls(server, "UNIMPLEMENTED", 3);
      Scrape metrics = scrape(server);
      assertThat(
              metrics.series(ENDED_CALLS).stream()
                  .filter(series -> series.contains("UNIMPLEMENTED")))
          .singleElement()
          .asString()
          .contains("service=\"unknown\"", "method=\"unknown\"");
    }
  }

  @Test
  void calls_areSeenInTheirMetrics() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      send(server, "user");
      sendAndFail(server, "sandbox-43101");
      awaitEndedCalls(server, "FAILED_PRECONDITION", 1);

      Scrape metrics = scrape(server);

      String app = "{app=\"" + SandboxOptions.APP_ID + "\",kind=\"subscribe\",lane=\"single\",";
      assertThat(
              metrics.value(
                  "wxnotify_messages_total" + app + "outcome=\"accepted\",reason=\"NONE\"}"))
          .isEqualTo(1);
      assertThat(
              metrics.value(
                  "wxnotify_messages_total"
                      + app
                      + "outcome=\"rejected\",reason=\"USER_NOT_SUBSCRIBED\"}"))
          .isEqualTo(1);
      String call =
          "{method=\"SendSubscribeMessage\",methodType=\"UNARY\","
              + "service=\"wxnotify.v1.NotificationService\"";
      assertThat(metrics.value("grpc_server_requests_received_messages_total" + call + "}"))
          .isEqualTo(2);
      assertThat(metrics.value(ENDED_CALLS + call + ",statusCode=\"FAILED_PRECONDITION\"}"))
          .isEqualTo(1);
    }
  }

  @Test
  void everyErrorPath_showsNeitherSecretNorTokenNorOpenId() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      StringBuilder seen = new StringBuilder();
      for (String kind :
          List.of("40001", "40003", "40164", "43101", "45009", "-1", "99999", "reset-after")) {
        sendAndFail(server, "sandbox-" + kind + "-oPersonal_openid");
        seen.append(readyz(server).body());
      }
      seen.append(scrape(server).text());

      assertThat(seen.toString())
          .contains("40164", "wxnotify_messages_total")
          .doesNotContain(SandboxOptions.APP_SECRET, "access_token=", "oPersonal_openid")
          .doesNotContainPattern("\\b\\d{2}_[A-Za-z0-9_-]{60}");
    }
  }

  private static void sendAndFail(RunningServer server, String openId) {
    try {
      server.blocking().sendSubscribeMessage(RunningServer.requestTo(openId));
    } catch (StatusRuntimeException expected) {
      return;
    }
    throw new AssertionError("it was sent");
  }

  /** A call is counted after its answer is written, so that its caller may look too early. */
  private static void awaitEndedCalls(RunningServer server, String status, int calls)
      throws Exception {
    Await.until(
        calls + " calls have ended with " + status,
        () -> {
          Scrape now = scrape(server);
          return now.series(ENDED_CALLS).stream()
                  .filter(series -> series.contains(status))
                  .mapToDouble(now::value)
                  .sum()
              >= calls;
        });
  }

  private static Scrape scrape(RunningServer server) throws Exception {
    return new Scrape(get(server.monitoring("/metrics")).body());
  }
}
