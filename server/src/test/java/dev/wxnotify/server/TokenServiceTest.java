package dev.wxnotify.server;

import static dev.wxnotify.server.testing.StatusAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import com.google.common.util.concurrent.ListenableFuture;
import dev.wxnotify.sandbox.RevokeMode;
import dev.wxnotify.sandbox.SandboxEndpoint;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.LeakScanner;
import dev.wxnotify.server.testing.LogCapture;
import dev.wxnotify.v1.GetAccessTokenRequest;
import dev.wxnotify.v1.GetAccessTokenResponse;
import dev.wxnotify.v1.GetTokenStatusRequest;
import dev.wxnotify.v1.OperationsServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.RejectAccessTokenRequest;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.TokenServiceGrpc;
import dev.wxnotify.v1.TokenServiceGrpc.TokenServiceBlockingStub;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service that gives access tokens to other systems, over real sockets. */
@Timeout(60)
class TokenServiceTest {
  private static final String KEPT = "98_token-of-the-company-0123456789abcdef";
  private static final String NEXT = "98_next-token-of-the-company-fedcba987654";
  private static final Map<String, String> OPEN =
      Map.of("wxnotify.grpc.allow-anonymous-tokens", "true");

  private static RunningServer start(Map<String, String> keys) throws Exception {
    return RunningServer.start(SandboxOptions.defaults(), keys);
  }

  private static TokenServiceBlockingStub stub(RunningServer server) {
    return TokenServiceGrpc.newBlockingStub(server.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private static <S extends AbstractStub<S>> S as(S stub, String token) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static GetAccessTokenRequest get(String appId) {
    return GetAccessTokenRequest.newBuilder().setAppId(appId).build();
  }

  private static RejectAccessTokenRequest reject(String fingerprint, int errcode) {
    return RejectAccessTokenRequest.newBuilder()
        .setFingerprint(fingerprint)
        .setWechatErrcode(errcode)
        .build();
  }

  private static Map<String, String> caller(String name, Map<String, String> rights)
      throws Exception {
    Map<String, String> keys = new HashMap<>();
    String prefix = "wxnotify.grpc.callers." + name + ".";
    keys.put(prefix + "token-sha256", AccessTest.sha256(name));
    rights.forEach((key, value) -> keys.put(prefix + key, value));
    return keys;
  }

  @Test
  void get_returnsTheTokenThatSendsUse() throws Exception {
    try (RunningServer server = start(OPEN)) {
      GetAccessTokenResponse first = stub(server).getAccessToken(get(""));
      server.blocking().sendSubscribeMessage(RunningServer.requestTo("user"));
      GetAccessTokenResponse second = stub(server).getAccessToken(get(SandboxOptions.APP_ID));

      assertThat(first.getAccessToken()).startsWith("98_").isEqualTo(second.getAccessToken());
      assertThat(first.getExpiresIn().getSeconds()).isBetween(7_100L, 7_200L);
      assertThat(first.getExpiresAt().getSeconds())
          .isBetween(
              System.currentTimeMillis() / 1000 + 7_000, System.currentTimeMillis() / 1000 + 7_200);
      assertThat(first.getFingerprint())
          .isEqualTo(
              OperationsServiceGrpc.newBlockingStub(server.channel())
                  .getTokenStatus(GetTokenStatusRequest.getDefaultInstance())
                  .getTokens(0)
                  .getFingerprint());
      assertThat(server.sandbox().state().requests(SandboxEndpoint.STABLE_TOKEN)).isEqualTo(1);
    }
  }

  /** Every kind of caller, with both methods. */
  @Test
  void rights_areThoseOfTheConfiguration() throws Exception {
    Map<String, String> keys = new HashMap<>();
    keys.putAll(caller("plain", Map.of()));
    keys.putAll(caller("operator", Map.of("operator", "true")));
    keys.putAll(caller("keeper", Map.of("tokens", "true")));
    keys.putAll(caller("other", Map.of("tokens", "true", "apps", "club")));
    keys.put("wxnotify.apps.club.app-id", "wxclub");
    keys.put("wxnotify.apps.club.app-secret", "x");
    for (boolean allowAnonymous : new boolean[] {false, true}) {
      keys.put("wxnotify.grpc.allow-anonymous", String.valueOf(allowAnonymous));
      try (RunningServer server = start(keys)) {
        String appId = SandboxOptions.APP_ID;
        assertMayCall(as(stub(server), "keeper"), appId, null);
        assertMayCall(as(stub(server), "plain"), appId, ErrorReason.RIGHT_MISSING);
        assertMayCall(as(stub(server), "operator"), appId, ErrorReason.RIGHT_MISSING);
        assertMayCall(as(stub(server), "other"), appId, ErrorReason.APP_NOT_ALLOWED);
        assertMayCall(as(stub(server), "other"), "wxnowhere", ErrorReason.APP_NOT_ALLOWED);
        assertMayCall(as(stub(server), "wrong"), appId, ErrorReason.UNAUTHENTICATED);
        assertMayCall(
            stub(server),
            appId,
            allowAnonymous ? ErrorReason.RIGHT_MISSING : ErrorReason.UNAUTHENTICATED);
        assertThatCall(() -> as(stub(server), "keeper").getAccessToken(get("wxnowhere")))
            .isError(
                Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
            .namesFields("app_id");
        assertThatCall(() -> as(stub(server), "keeper").getAccessToken(get("")))
            .namesFields("app_id"); // There are two apps, and no default.
        assertThatCall(
                () ->
                    as(OperationsServiceGrpc.newBlockingStub(server.channel()), "keeper")
                        .getTokenStatus(GetTokenStatusRequest.getDefaultInstance()))
            .isError(
                Status.Code.PERMISSION_DENIED,
                ErrorReason.NOT_AN_OPERATOR,
                Outcome.OUTCOME_NOT_SENT);
      }
    }
  }

  @Test
  void anonymous_onLoopback_needsItsKey() throws Exception {
    try (RunningServer server = start(Map.of())) {
      assertMayCall(stub(server), "", ErrorReason.RIGHT_MISSING);
    }
    try (RunningServer server = start(OPEN)) {
      assertMayCall(stub(server), "", null);
    }
    try (RunningServer server =
        start(Map.of("wxnotify.grpc.host", "0.0.0.0", "wxnotify.grpc.allow-anonymous", "true"))) {
      assertMayCall(stub(server), "", ErrorReason.RIGHT_MISSING);
    }
  }

  private static void assertMayCall(
      TokenServiceBlockingStub stub, String appId, @Nullable ErrorReason refusal) {
    RejectAccessTokenRequest report = reject("00000000", 40001).toBuilder().setAppId(appId).build();
    if (refusal == null) {
      assertThat(stub.getAccessToken(get(appId)).getAccessToken()).isNotEmpty();
      assertThat(catchThrowable(() -> stub.rejectAccessToken(report))).isNull();
      return;
    }
    Status.Code code =
        refusal == ErrorReason.UNAUTHENTICATED
            ? Status.Code.UNAUTHENTICATED
            : Status.Code.PERMISSION_DENIED;
    assertThatCall(() -> stub.getAccessToken(get(appId)))
        .isError(code, refusal, Outcome.OUTCOME_NOT_SENT);
    assertThatCall(() -> stub.rejectAccessToken(report))
        .isError(code, refusal, Outcome.OUTCOME_NOT_SENT);
  }

  @Test
  void get_manyWhileThereIsNone_shareOneRead_withTheSends() throws Exception {
    try (TokenKeeper keeper = TokenKeeper.start()) {
      keeper.keep(KEPT, Duration.ofHours(2));
      CountDownLatch held = keeper.hold();
      try (RunningServer server = start(keeper.keys(OPEN))) {
        List<ListenableFuture<GetAccessTokenResponse>> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          waiting.add(
              TokenServiceGrpc.newFutureStub(server.channel())
                  .withDeadlineAfter(30, TimeUnit.SECONDS)
                  .getAccessToken(get("")));
        }
        var sent = server.future().sendSubscribeMessage(RunningServer.requestTo("user"));
        Await.until("it is read", () -> keeper.asked.size() == 1);
        held.countDown();

        for (var each : waiting) {
          assertThat(each.get(30, TimeUnit.SECONDS).getAccessToken()).isEqualTo(KEPT);
        }
        assertThat(sent.get(30, TimeUnit.SECONDS).getMessageId()).isNotEmpty();
        assertThat(keeper.asked).hasSize(1);
      }
    }
  }

  @Test
  void get_deadlineIsOverFirst_saysSo_andTheOthersWaitOn() throws Exception {
    try (TokenKeeper keeper = TokenKeeper.start()) {
      keeper.keep(KEPT, Duration.ofHours(2));
      CountDownLatch held = keeper.hold();
      Map<String, String> keys = new HashMap<>(OPEN);
      keys.put("wxnotify.wechat.request-timeout", "1m");
      try (RunningServer server = start(keeper.keys(keys))) {
        var patient =
            TokenServiceGrpc.newFutureStub(server.channel())
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .getAccessToken(get(""));
        // Without a deadline of its own the server gives it ten seconds: one clock runs alone.
        assertThatCall(
                () -> TokenServiceGrpc.newBlockingStub(server.channel()).getAccessToken(get("")))
            .isError(
                Status.Code.DEADLINE_EXCEEDED,
                ErrorReason.DEADLINE_BEFORE_SEND,
                Outcome.OUTCOME_NOT_SENT);
        assertThat(patient.isDone()).isFalse();
        held.countDown();
        assertThat(patient.get(30, TimeUnit.SECONDS).getAccessToken()).isEqualTo(KEPT);
      }
    }
  }

  @Test
  void get_cancelled_waitsNoMore() throws Exception {
    try (TokenKeeper keeper = TokenKeeper.start();
        LogCapture log = LogCapture.open()) {
      keeper.keep(KEPT, Duration.ofHours(2));
      CountDownLatch held = keeper.hold();
      try (RunningServer server = start(keeper.keys(OPEN))) {
        connect(server);
        var impatient = TokenServiceGrpc.newFutureStub(server.channel()).getAccessToken(get(""));
        Await.until("it is read", () -> keeper.asked.size() == 1);
        connect(server); // The call before has arrived too.
        impatient.cancel(true);

        Await.until("the call has ended", () -> !log.lines(Level.INFO, "CALL_CANCELLED").isEmpty());
        held.countDown();
      }
    }
  }

  /** Once there is a connection, calls arrive in their order. */
  private static void connect(RunningServer server) {
    server
        .blocking()
        .sendSubscribeMessage(
            RunningServer.requestTo("user").toBuilder().setValidateOnly(true).build());
  }

  @Test
  void stop_answersWhoWaits() throws Exception {
    try (TokenKeeper keeper = TokenKeeper.start()) {
      keeper.keep(KEPT, Duration.ofHours(2));
      CountDownLatch held = keeper.hold();
      Map<String, String> keys = new HashMap<>(OPEN);
      keys.put("wxnotify.wechat.request-timeout", "1m");
      keys.put("wxnotify.shutdown.grace", "2s");
      try (RunningServer server = start(keeper.keys(keys))) {
        connect(server);
        var waiting =
            TokenServiceGrpc.newFutureStub(server.channel())
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .getAccessToken(get(""));
        connect(server);
        server.stopServer();

        ExecutionException failure =
            catchThrowableOfType(ExecutionException.class, () -> waiting.get(30, TimeUnit.SECONDS));
        assertThatCall(
                () -> {
                  throw failure.getCause();
                })
            .isError(
                Status.Code.UNAVAILABLE, ErrorReason.SERVER_STOPPING, Outcome.OUTCOME_NOT_SENT);
        held.countDown();
      }
    }
  }

  @Test
  void get_noTokenThere_saysWhy() throws Exception {
    try (RunningServer server =
        start(
            Map.of(
                "wxnotify.grpc.allow-anonymous-tokens", "true",
                "wxnotify.apps.shop.app-secret", "wrong"))) {
      assertThatCall(() -> stub(server).getAccessToken(get("")))
          .isError(Status.Code.INTERNAL, ErrorReason.WECHAT_CREDENTIALS, Outcome.OUTCOME_NOT_SENT);
    }
    try (TokenKeeper keeper = TokenKeeper.start()) {
      keeper.status = 500;
      try (RunningServer server = start(keeper.keys(OPEN))) {
        assertThatCall(() -> stub(server).getAccessToken(get("")))
            .isError(
                Status.Code.UNAVAILABLE, ErrorReason.WECHAT_UNREACHABLE, Outcome.OUTCOME_NOT_SENT)
            .says("HTTP 500");
      }
    }
  }

  @Test
  void get_appThatNeedsNone_isInvalid() throws Exception {
    Map<String, String> keys = new HashMap<>(OPEN);
    keys.put("wxnotify.apps.shop.token.source", "none");
    try (RunningServer server = start(keys)) {
      assertThatCall(() -> stub(server).getAccessToken(get("")))
          .isError(
              Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
          .namesFields("app_id");
    }
  }

  // RejectAccessToken

  @ParameterizedTest
  @ValueSource(ints = {40001, 40014, 42001})
  void reject_currentToken_renewsIt(int errcode) throws Exception {
    try (RunningServer server = start(OPEN)) {
      GetAccessTokenResponse before = stub(server).getAccessToken(get(""));
      server.sandbox().revokeToken(SandboxOptions.APP_ID, RevokeMode.DEAD);

      stub(server).rejectAccessToken(reject(before.getFingerprint(), errcode));

      GetAccessTokenResponse after = stub(server).getAccessToken(get(""));
      assertThat(after.getAccessToken()).isNotEqualTo(before.getAccessToken());
      server.blocking().sendSubscribeMessage(RunningServer.requestTo("user"));
      assertThat(server.sandbox().state().sends(40001)).isZero();
    }
  }

  @Test
  void reject_otherToken_changesNothing() throws Exception {
    try (RunningServer server = start(OPEN)) {
      GetAccessTokenResponse before = stub(server).getAccessToken(get(""));
      for (int i = 0; i < 30; i++) {
        stub(server).rejectAccessToken(reject("0000000" + i % 10, 40001));
        stub(server).rejectAccessToken(reject(before.getAccessToken(), 40001));
      }

      assertThat(stub(server).getAccessToken(get(""))).isNotNull();
      assertThat(server.sandbox().state().requests(SandboxEndpoint.STABLE_TOKEN)).isEqualTo(1);
    }
  }

  @Test
  void reject_wrongRequest_namesAllItsFields() throws Exception {
    try (RunningServer server = start(OPEN)) {
      assertThatCall(() -> stub(server).rejectAccessToken(reject("", 43101)))
          .isError(
              Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
          .namesFields("fingerprint", "wechat_errcode");
      assertThatCall(() -> stub(server).rejectAccessToken(reject("0a1b2c3d", 0)))
          .namesFields("wechat_errcode");
      assertThatCall(
              () ->
                  stub(server)
                      .rejectAccessToken(reject("", 40001).toBuilder().setAppId("wxother").build()))
          .namesFields("app_id", "fingerprint");
    }
  }

  /** The sixth within five minutes: refusals by sends and by others have one bound. */
  @Test
  void reject_tooOften_isOverloaded() throws Exception {
    try (TokenKeeper keeper = TokenKeeper.start()) {
      keeper.keep(KEPT, Duration.ofHours(2));
      try (RunningServer server = start(keeper.keys(OPEN))) {
        String fingerprint = stub(server).getAccessToken(get("")).getFingerprint();
        for (int i = 0; i < 5; i++) {
          stub(server).rejectAccessToken(reject(fingerprint, 40001));
        }

        assertThatCall(() -> stub(server).rejectAccessToken(reject(fingerprint, 40001)))
            .isError(
                Status.Code.RESOURCE_EXHAUSTED, ErrorReason.OVERLOADED, Outcome.OUTCOME_NOT_SENT)
            .satisfies(
                status ->
                    assertThat(RunningServer.sendError(status).getRetryAfter().getSeconds())
                        .isBetween(200L, 300L));
        assertThat(stub(server).getAccessToken(get("")).getAccessToken()).isEqualTo(KEPT);
      }
    }
  }

  @Test
  void reject_manyAtOnce_readOnce() throws Exception {
    try (TokenKeeper keeper = TokenKeeper.start()) {
      keeper.keep(KEPT, Duration.ofHours(2));
      try (RunningServer server = start(keeper.keys(OPEN))) {
        String fingerprint = stub(server).getAccessToken(get("")).getFingerprint();
        keeper.keep(NEXT, Duration.ofHours(2));
        CountDownLatch held = keeper.hold();
        List<ListenableFuture<?>> reports = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          reports.add(
              TokenServiceGrpc.newFutureStub(server.channel())
                  .withDeadlineAfter(30, TimeUnit.SECONDS)
                  .rejectAccessToken(reject(fingerprint, 40001)));
        }
        Await.until("it is read again", () -> keeper.asked.size() == 2);
        held.countDown();
        for (var each : reports) {
          each.get(30, TimeUnit.SECONDS);
        }

        assertThat(keeper.asked).hasSize(2);
        assertThat(stub(server).getAccessToken(get("")).getAccessToken()).isEqualTo(NEXT);
      }
    }
  }

  // What the log and the metrics say of it.

  /** The log bounds lines that any client can cause, and not these. */
  @Test
  void calls_areAllLogged_howeverMany() throws Exception {
    try (LogCapture log = LogCapture.open()) {
      try (RunningServer server = start(OPEN)) {
        for (int i = 0; i < 60; i++) {
          stub(server).getAccessToken(get(""));
        }
        assertThat(log.lines(Level.INFO, "an anonymous caller on this machine asked for the token"))
            .hasSize(60);
      }
    }
  }

  @Test
  void calls_areLoggedAndCounted_andNoTokenIsTold() throws Exception {
    Map<String, String> keys = new HashMap<>();
    keys.putAll(caller("keeper", Map.of("tokens", "true")));
    keys.putAll(caller("plain", Map.of()));
    StringBuilder everything = new StringBuilder();
    try (LogCapture log = LogCapture.open()) {
      try (RunningServer server = start(keys)) {
        TokenServiceBlockingStub keeper = as(stub(server), "keeper");
        GetAccessTokenResponse token = keeper.getAccessToken(get(""));
        keeper.rejectAccessToken(reject(token.getFingerprint(), 40001));
        keeper.rejectAccessToken(reject(token.getAccessToken(), 40001)); // A caller's mistake.
        for (var call :
            List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                () -> keeper.getAccessToken(get("wxother")),
                () -> keeper.rejectAccessToken(reject(token.getAccessToken(), 1)),
                () -> as(stub(server), "plain").getAccessToken(get("")))) {
          StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call);
          everything.append(failure).append(RunningServer.sendError(failure));
        }

        assertThat(log.lines(Level.INFO, "keeper asked for the token: " + token.getFingerprint()))
            .hasSize(1);
        assertThat(
                log.lines(
                    Level.INFO,
                    "keeper reported a token that WeChat refused (" + token.getFingerprint()))
            .hasSize(1);
        assertThat(log.lines(Level.INFO, "plain called GetAccessToken and has no right"))
            .hasSize(1);
        String metrics =
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(server.monitoring("/metrics")).build(),
                    HttpResponse.BodyHandlers.ofString())
                .body();
        everything.append(metrics);
        assertThat(metrics)
            .contains(
                "wxnotify_token_requests_total{app=\""
                    + SandboxOptions.APP_ID
                    + "\",request=\"get\",result=\"granted\"} 1.0")
            .contains(
                "wxnotify_token_requests_total{app=\""
                    + SandboxOptions.APP_ID
                    + "\",request=\"reject\",result=\"granted\"} 2.0")
            .contains("request=\"reject\",result=\"failed\"} 1.0");
      }
      everything.append(log.everything());
    }
    assertThat(new LeakScanner("never-there").findings(everything.toString())).isEmpty();
  }

  @Test
  void futureOfAnotherCall_isNotCancelledWithOne() throws Exception {
    try (TokenKeeper keeper = TokenKeeper.start()) {
      keeper.keep(KEPT, Duration.ofHours(2));
      CountDownLatch held = keeper.hold();
      try (RunningServer server = start(keeper.keys(OPEN))) {
        var future = TokenServiceGrpc.newFutureStub(server.channel());
        var one = future.getAccessToken(get(""));
        var other = future.withDeadlineAfter(30, TimeUnit.SECONDS).getAccessToken(get(""));
        Await.until("it is read", () -> keeper.asked.size() == 1);
        one.cancel(true);
        held.countDown();

        assertThat(other.get(30, TimeUnit.SECONDS).getAccessToken()).isEqualTo(KEPT);
      }
    }
  }
}
