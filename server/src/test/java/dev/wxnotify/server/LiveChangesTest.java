package dev.wxnotify.server;

import static dev.wxnotify.server.testing.StatusAssert.assertThatStatus;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.sandbox.AcceptedMessage;
import dev.wxnotify.sandbox.Effect;
import dev.wxnotify.sandbox.Fault;
import dev.wxnotify.sandbox.SandboxEndpoint;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.metrics.Scrape;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.LogCapture;
import dev.wxnotify.server.testing.TestCa;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.GetAccessTokenRequest;
import dev.wxnotify.v1.GetAccessTokenResponse;
import dev.wxnotify.v1.GetTokenStatusRequest;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceBlockingStub;
import dev.wxnotify.v1.OperationsServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.RefreshTokenRequest;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import dev.wxnotify.v1.TokenServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Apps and callers that come, change and go in the file of a whole server that runs. */
@Timeout(120)
class LiveChangesTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String CLUB_ID = "wxclub0000000001";
  private static final String CLUB_SECRET = "club-secret-hush-1";
  private static final String WRONG_SECRET = "wrong-secret-hush-2";
  private static final String CRM_TOKEN = "crm-token-hush-3";
  private static final String ERP_TOKEN = "erp-token-hush-4";

  private static final String SHOP =
      "    shop: {app-id: %s, app-secret: %s, default: true}\n"
          .formatted(SandboxOptions.APP_ID, SandboxOptions.APP_SECRET);

  private static final String CLUB =
      "    club: {app-id: %s, app-secret: %s}\n".formatted(CLUB_ID, CLUB_SECRET);

  private final Path directory;
  private final Path file;
  private final SandboxOptions options =
      SandboxOptions.builder()
          .app(SandboxOptions.APP_ID, SandboxOptions.APP_SECRET)
          .app(CLUB_ID, CLUB_SECRET)
          .build();

  LiveChangesTest(@TempDir Path directory) {
    this.directory = directory;
    this.file = directory.resolve("wxnotify.yaml");
  }

  private static String caller(String name, String token) throws Exception {
    return "      %s: {token-sha256: %s}\n".formatted(name, AccessTest.sha256(token));
  }

  private static String apps(String... apps) {
    return "wxnotify:\n  apps:\n" + String.join("", apps);
  }

  private static String callers(String... callers) {
    return "  grpc:\n    callers:\n" + String.join("", callers);
  }

  private RunningServer follow(String yaml) throws Exception {
    return follow(yaml, Map.of());
  }

  private RunningServer follow(String yaml, Map<String, String> keys) throws Exception {
    write(yaml);
    return RunningServer.follow(options, file, keys);
  }

  /** Atomically, as an operator should. */
  private void write(String yaml) throws IOException {
    Files.move(
        Files.writeString(directory.resolve("next"), yaml),
        file,
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static SendSubscribeMessageRequest request(String appId, String openId) {
    return SendSubscribeMessageRequest.newBuilder()
        .setMessage(RunningServer.messageTo(openId).toBuilder().setAppId(appId))
        .build();
  }

  private static NotificationServiceBlockingStub as(RunningServer server, String token) {
    return AccessTest.bearer(server.blocking(), token);
  }

  /** Returns why a message is refused; null if it is accepted. */
  private static @Nullable StatusRuntimeException send(
      NotificationServiceBlockingStub stub, String appId) {
    try {
      assertThat(stub.sendSubscribeMessage(request(appId, "user")).getMessageId()).isNotEmpty();
      return null;
    } catch (StatusRuntimeException e) {
      return e;
    }
  }

  private static @Nullable ErrorReason reason(@Nullable StatusRuntimeException refusal)
      throws Exception {
    return refusal == null ? null : RunningServer.sendError(refusal).getReason();
  }

  private static void awaitReason(
      RunningServer server, String appId, @Nullable ErrorReason expected) throws Exception {
    Await.until(
        expected + " for " + appId, () -> reason(send(server.blocking(), appId)) == expected);
  }

  /** Asks without a message, which might wait for something. */
  private static boolean isFound(RunningServer server, String appId) {
    try {
      return server
          .blocking()
          .sendSubscribeMessage(request(appId, "user").toBuilder().setValidateOnly(true).build())
          .isInitialized();
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  /**
   * Returns when the server has read what was sent to it before: it reads the calls of one
   * connection in their order.
   */
  private static void awaitArrival(RunningServer server) {
    assertThat(isFound(server, CLUB_ID)).isTrue();
  }

  private static String get(RunningServer server, String page) throws Exception {
    return HTTP.send(
            HttpRequest.newBuilder(server.monitoring(page)).build(), BodyHandlers.ofString())
        .body();
  }

  private static long tokenCalls(RunningServer server, String appId) {
    return server.sandbox().state().tokenFetches(appId).stable();
  }

  @Test
  void appAndCaller_addedAndRemovedUnderLoad_disturbNobody() throws Exception {
    String before = apps(SHOP) + callers(caller("crm", CRM_TOKEN));
    try (LogCapture log = LogCapture.open();
        RunningServer server = follow(before);
        SteadyLoad load =
            SteadyLoad.of(List.of(() -> AccessTest.bearer(server.future(), CRM_TOKEN)))) {
      Await.until("calls go on", () -> load.accepted() > 100);
      assertThat(reason(send(as(server, ERP_TOKEN), CLUB_ID)))
          .isEqualTo(ErrorReason.UNAUTHENTICATED);

      write(apps(SHOP, CLUB) + callers(caller("crm", CRM_TOKEN), caller("erp", ERP_TOKEN)));
      Await.until(
          "the new caller sends for the new app",
          () -> send(as(server, ERP_TOKEN), CLUB_ID) == null);
      assertThat(get(server, "/metrics")).contains("wxnotify_token_age_seconds{app=\"" + CLUB_ID);

      write(before);
      Await.until(
          "the caller is refused again",
          () -> reason(send(as(server, ERP_TOKEN), CLUB_ID)) == ErrorReason.UNAUTHENTICATED);
      StatusRuntimeException gone = send(as(server, CRM_TOKEN), CLUB_ID);
      assertThatStatus(Objects.requireNonNull(gone))
          .isError(
              Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
          .namesFields("message.app_id");
      Await.until("nothing of the app is left", () -> !get(server, "/metrics").contains(CLUB_ID));
      int sent = load.accepted();
      Await.until("calls go on", () -> load.accepted() > sent + 100);
      load.stop();

      assertThat(load.failures()).isEmpty();
      assertThat(tokenCalls(server, SandboxOptions.APP_ID)).isEqualTo(1);
      assertThat(tokenCalls(server, CLUB_ID)).isEqualTo(1);
      assertThat(log.lines(Level.INFO, "configuration file: applied: "))
          .containsExactly(
              "configuration file: applied: apps added: " + CLUB_ID + "; callers added: erp",
              "configuration file: applied: apps removed: " + CLUB_ID + "; callers removed: erp");
      assertThat(new Scrape(get(server, "/metrics")).value(reloads("applied"))).isEqualTo(2);
      assertThat(log.everything())
          .doesNotContain(CRM_TOKEN, ERP_TOKEN, CLUB_SECRET, SandboxOptions.APP_SECRET);
    }
  }

  private static String reloads(String result) {
    return "wxnotify_config_reloads_total{result=\"" + result + "\"}";
  }

  @Test
  void newApp_fetchesItsTokenBeforeAMessageNeedsIt() throws Exception {
    try (RunningServer server = follow(apps(SHOP))) {
      write(apps(SHOP, CLUB));

      Await.until("its token is there", () -> tokenCalls(server, CLUB_ID) == 1);
    }
  }

  /** Its message waits for the first token, which a closed token cache would never bring. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void removedApp_whoseMessageIsUnderWay_answersIt_andIsClosedThen(boolean inBatch)
      throws Exception {
    try (LogCapture log = LogCapture.open();
        RunningServer server =
            follow(apps(SHOP), Map.of("wxnotify.wechat.request-timeout", "20s"))) {
      awaitReason(server, SandboxOptions.APP_ID, null);
      server
          .sandbox()
          .addFault(
              Fault.on(SandboxEndpoint.STABLE_TOKEN, Effect.latency(Duration.ofSeconds(6)))
                  .times(1));
      write(apps(SHOP, CLUB));
      Await.until("the app is there", () -> isFound(server, CLUB_ID));
      Stream batch = new Stream(server);
      Future<SendSubscribeMessageResponse> single =
          CompletableFuture.completedFuture(SendSubscribeMessageResponse.getDefaultInstance());
      if (inBatch) {
        batch.send(CLUB_ID, "waiting");
      } else {
        single = server.future().sendSubscribeMessage(request(CLUB_ID, "waiting"));
      }
      awaitArrival(server);

      write(apps(SHOP));
      Await.until("it is not found any more", () -> !isFound(server, CLUB_ID));
      batch.send(CLUB_ID, "too-late");
      batch.send(SandboxOptions.APP_ID, "of-another-app");

      single.get(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS);
      assertThat(batch.end())
          .filteredOn(result -> result.getOutcome() != Outcome.OUTCOME_ACCEPTED)
          .singleElement()
          .satisfies(
              result ->
                  assertThat(result.getError().getReason()).isEqualTo(ErrorReason.INVALID_REQUEST));
      Await.until(
          "it is closed",
          () -> log.lines(Level.INFO, CLUB_ID + ": its last message has ended").size() == 1);
      Await.until("nothing of the app is left", () -> !get(server, "/metrics").contains(CLUB_ID));
      assertThat(tokenCalls(server, CLUB_ID)).isEqualTo(1);
      assertThat(server.sandbox().messages())
          .extracting(AcceptedMessage::appId)
          .containsOnlyOnce(CLUB_ID);
    }
  }

  /** The call would hear that there is no token if the cache were closed before its token came. */
  @Test
  void removedApp_whoseTokenACallAwaits_givesIt_andIsClosedThen() throws Exception {
    try (LogCapture log = LogCapture.open();
        RunningServer server =
            follow(
                apps(SHOP),
                Map.of(
                    "wxnotify.wechat.request-timeout", "20s",
                    "wxnotify.grpc.allow-anonymous-tokens", "true"))) {
      awaitReason(server, SandboxOptions.APP_ID, null);
      server
          .sandbox()
          .addFault(
              Fault.on(SandboxEndpoint.STABLE_TOKEN, Effect.latency(Duration.ofSeconds(6)))
                  .times(1));
      write(apps(SHOP, CLUB));
      Await.until("the app is there", () -> isFound(server, CLUB_ID));
      Future<GetAccessTokenResponse> token =
          TokenServiceGrpc.newFutureStub(server.channel())
              .getAccessToken(GetAccessTokenRequest.newBuilder().setAppId(CLUB_ID).build());
      awaitArrival(server);

      write(apps(SHOP));
      Await.until("it is not found any more", () -> !isFound(server, CLUB_ID));

      assertThat(token.get(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS).getAccessToken())
          .isNotEmpty();
      Await.until(
          "it is closed",
          () -> log.lines(Level.INFO, CLUB_ID + ": its last message has ended").size() == 1);
    }
  }

  @Test
  void removedApp_thatComesBack_beginsAnew() throws Exception {
    try (LogCapture log = LogCapture.open();
        RunningServer server = follow(apps(SHOP, CLUB))) {
      awaitReason(server, CLUB_ID, null);
      write(apps(SHOP));
      Await.until(
          "it is closed", () -> !log.lines(Level.INFO, "its last message has ended").isEmpty());

      write(apps(SHOP, CLUB));
      awaitReason(server, CLUB_ID, null);

      Scrape scrape = new Scrape(get(server, "/metrics"));
      assertThat(
              scrape.value(
                  "wxnotify_messages_total{app=\"%s\",kind=\"subscribe\",lane=\"single\","
                          .formatted(CLUB_ID)
                      + "outcome=\"accepted\",reason=\"NONE\"}"))
          .isEqualTo(1);
      assertThat(tokenCalls(server, CLUB_ID)).isEqualTo(2);
    }
  }

  @Test
  void changedReminders_areThoseOfTheNextMessage_andTheTokenStays() throws Exception {
    String seckill = "      seckill: {template-id: %s, page: pages/%s}\n";
    String template = RunningServer.messageTo("user").getTemplateId();
    String shop =
        "    shop:\n      app-id: %s\n      app-secret: %s\n"
            .formatted(SandboxOptions.APP_ID, SandboxOptions.APP_SECRET);
    try (RunningServer server = follow(apps(shop + seckill.formatted(template, "old")))) {
      assertThat(pageOf(server)).startsWith("pages/old");

      write(apps(shop + seckill.formatted(template, "new")));
      Await.until("the new page", () -> pageOf(server).startsWith("pages/new"));

      assertThat(tokenCalls(server, SandboxOptions.APP_ID)).isEqualTo(1);
    }
  }

  private static String pageOf(RunningServer server) {
    server
        .blocking()
        .sendSeckillMessage(
            SendSeckillMessageRequest.newBuilder()
                .setMessage(
                    SeckillMessage.newBuilder()
                        .setOpenId("user")
                        .setGoodsName("Coffee")
                        .setTime("2026-11-24 20:00")
                        .setCorpId("corp")
                        .setCustomerId("customer"))
                .build());
    List<AcceptedMessage> messages = server.sandbox().messages();
    String body = messages.get(messages.size() - 1).body().toString();
    int page = body.indexOf("pages/");
    return page < 0 ? body : body.substring(page);
  }

  @Test
  void changedSecret_servesTheNextTokenCall_andTheTokenLivesOn() throws Exception {
    String shop = "    shop: {app-id: " + SandboxOptions.APP_ID + ", app-secret: %s}\n";
    try (LogCapture log = LogCapture.open();
        RunningServer server = follow(apps(shop.formatted(SandboxOptions.APP_SECRET)))) {
      awaitReason(server, "", null);
      write(apps(shop.formatted(WRONG_SECRET)));
      Await.until("it is used", () -> log.lines(Level.INFO, "a new AppSecret").size() == 1);
      assertThat(reason(send(server.blocking(), ""))).isNull();
      assertThat(tokenCalls(server, SandboxOptions.APP_ID)).isEqualTo(1);
      assertThat(reason(refresh(server))).isEqualTo(ErrorReason.WECHAT_CREDENTIALS);

      write(apps(shop.formatted(SandboxOptions.APP_SECRET)));
      Await.until("it heals by itself", () -> trouble(server).isEmpty());

      assertThat(refresh(server)).isNull();
      assertThat(log.everything()).doesNotContain("hush", SandboxOptions.APP_SECRET);
    }
  }

  private static @Nullable StatusRuntimeException refresh(RunningServer server) {
    try {
      OperationsServiceGrpc.newBlockingStub(server.channel())
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .refreshToken(RefreshTokenRequest.getDefaultInstance());
      return null;
    } catch (StatusRuntimeException e) {
      return e;
    }
  }

  private static String trouble(RunningServer server) {
    return OperationsServiceGrpc.newBlockingStub(server.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .getTokenStatus(GetTokenStatusRequest.getDefaultInstance())
        .getTokens(0)
        .getTrouble();
  }

  /** The file of a new app is watched, and that of a removed app no more. */
  @Test
  void secretFile_ofANewApp_isWatched_andOfARemovedAppNoMore() throws Exception {
    Path secret = Files.writeString(directory.resolve("club"), WRONG_SECRET);
    String club = "    club: {app-id: " + CLUB_ID + ", app-secret-file: " + secret + "}\n";
    try (LogCapture log = LogCapture.open();
        RunningServer server = follow(apps(SHOP))) {
      write(apps(SHOP, club));
      awaitReason(server, CLUB_ID, ErrorReason.WECHAT_CREDENTIALS);
      Files.writeString(secret, CLUB_SECRET);
      awaitReason(server, CLUB_ID, null);

      write(apps(SHOP));
      awaitReason(server, CLUB_ID, ErrorReason.INVALID_REQUEST);
      Files.delete(secret);
      Path watched = Files.writeString(directory.resolve("shop"), SandboxOptions.APP_SECRET);
      write(
          apps(
              "    shop: {app-id: %s, app-secret-file: %s, default: true}\n"
                  .formatted(SandboxOptions.APP_ID, watched)));
      Await.until(
          "a later change is applied",
          () -> !log.lines(Level.INFO, "apps changed: " + SandboxOptions.APP_ID).isEmpty());
      Files.delete(watched);
      Await.until(
          "the file of the app that is there is watched",
          () -> !log.lines(Level.WARN, SandboxOptions.APP_ID + ": " + watched).isEmpty());

      assertThat(log.lines(Level.WARN, CLUB_ID + ": " + secret)).isEmpty();
      assertThat(log.everything()).doesNotContain("hush");
    }
  }

  @Test
  void changedAppId_isAnotherApp() throws Exception {
    String same = "    shop: {app-id: %s, app-secret: %s}\n";
    try (RunningServer server =
        follow(apps(same.formatted(SandboxOptions.APP_ID, SandboxOptions.APP_SECRET)))) {
      awaitReason(server, SandboxOptions.APP_ID, null);

      write(apps(same.formatted(CLUB_ID, CLUB_SECRET)));
      awaitReason(server, CLUB_ID, null);

      awaitReason(server, SandboxOptions.APP_ID, ErrorReason.INVALID_REQUEST);
      assertThat(reason(send(server.blocking(), ""))).as("the default").isNull();
    }
  }

  @Test
  void fileWithMistakes_keepsTheOldConfiguration_andIsSeenUntilItIsCorrected() throws Exception {
    try (LogCapture log = LogCapture.open();
        RunningServer server = follow(apps(SHOP))) {
      awaitReason(server, "", null);
      Await.until("it is ready", () -> get(server, "/readyz").contains("\"ready\""));

      write(
          apps(SHOP, "    club: {app-id: 'not an id', app-secret: " + CLUB_SECRET + "}\n")
              + "  grpc: {max-in-flight: "
              + CLUB_SECRET
              + "}\n");
      Await.until("it is degraded", () -> get(server, "/readyz").contains("configuration file: "));
      assertThat(get(server, "/readyz"))
          .contains("\"degraded\"", "wxnotify.apps.club.app-id: ", "wxnotify.grpc.max-in-flight: ")
          .doesNotContain(CLUB_SECRET);
      assertThat(reason(send(server.blocking(), ""))).isNull();
      assertThat(reason(send(server.blocking(), CLUB_ID))).isEqualTo(ErrorReason.INVALID_REQUEST);

      write(apps(SHOP, CLUB));
      awaitReason(server, CLUB_ID, null);
      Await.until("it is ready again", () -> get(server, "/readyz").contains("\"ready\""));
      assertThat(log.lines(Level.WARN, "configuration file: ")).hasSize(1);
      Scrape scrape = new Scrape(get(server, "/metrics"));
      assertThat(scrape.value(reloads("refused"))).isEqualTo(1);
      assertThat(scrape.value(reloads("applied"))).isEqualTo(1);
      assertThat(scrape.value(reloads("unchanged"))).isZero();
      assertThat(log.everything()).doesNotContain("hush");
    }
  }

  /** Its connection stays, and its certificate belongs to nobody any more. */
  @Test
  void removedCaller_withACertificate_isRefusedOnItsOpenConnection() throws Exception {
    TestCa ca = new TestCa("authority");
    ca.issueForLoopback("server").writeTo(directory, "server");
    Files.writeString(directory.resolve("ca.crt"), ca.pem());
    Map<String, String> tls =
        Map.of(
            "wxnotify.grpc.tls.certificate", directory.resolve("server.crt").toString(),
            "wxnotify.grpc.tls.private-key", directory.resolve("server.key").toString(),
            "wxnotify.grpc.tls.client-ca", directory.resolve("ca.crt").toString());
    String crm = "      crm: {certificate-names: crm}\n";
    String erp = "      erp: {certificate-names: erp}\n";
    try (RunningServer server = follow(apps(SHOP) + callers(crm, erp), tls)) {
      ManagedChannel channel = AccessTest.channel(server.port(), ca.issue("crm"), ca.pem());
      try {
        var stub = NotificationServiceGrpc.newBlockingStub(channel);
        assertThat(send(stub, "")).isNull();

        write(apps(SHOP) + callers(erp));
        Await.until("refused", () -> reason(send(stub, "")) == ErrorReason.UNAUTHENTICATED);
        write(apps(SHOP) + callers(crm, erp));
        Await.until("let in again", () -> send(stub, "") == null);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  /** A stream of one caller, whose results are gathered. */
  private static final class Stream implements StreamObserver<BatchSendResponse> {
    private final ConcurrentLinkedQueue<BatchItemResult> results = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<List<BatchItemResult>> end = new CompletableFuture<>();
    private final StreamObserver<BatchSendRequest> requests;

    Stream(RunningServer server) {
      this.requests = server.async().batchSend(this);
    }

    void send(String appId, String openId) {
      requests.onNext(
          BatchSendRequest.newBuilder()
              .setSubscribeMessage(RunningServer.messageTo(openId).toBuilder().setAppId(appId))
              .build());
    }

    List<BatchItemResult> end() throws Exception {
      requests.onCompleted();
      return Await.result(end);
    }

    @Override
    public void onNext(BatchSendResponse response) {
      if (response.hasResult()) {
        results.add(response.getResult());
      }
    }

    @Override
    public void onError(Throwable fault) {
      end.completeExceptionally(fault);
    }

    @Override
    public void onCompleted() {
      end.complete(List.copyOf(results));
    }
  }
}
