package dev.wxnotify.server;

import static dev.wxnotify.server.testing.StatusAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.sandbox.Effect;
import dev.wxnotify.sandbox.Fault;
import dev.wxnotify.sandbox.Quota;
import dev.wxnotify.sandbox.RevokeMode;
import dev.wxnotify.sandbox.SandboxEndpoint;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.LogCapture;
import dev.wxnotify.server.testing.StatusAssert;
import dev.wxnotify.v1.ClearQuotaRequest;
import dev.wxnotify.v1.GetQuotaRequest;
import dev.wxnotify.v1.GetQuotaResponse;
import dev.wxnotify.v1.LookUpRidRequest;
import dev.wxnotify.v1.LookUpRidResponse;
import dev.wxnotify.v1.OperationsServiceGrpc;
import dev.wxnotify.v1.OperationsServiceGrpc.OperationsServiceBlockingStub;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the operator's service asks WeChat about an app's account, over real sockets. */
@Timeout(60)
class AccountOperationsTest {
  private static final String SEND_PATH = "/cgi-bin/message/subscribe/send";

  @Test
  void lookUpRid_ofARefusedSend_showsRequestAndAnswer() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      String rid = ridOfASendTo(server, "sandbox-43101");

      LookUpRidResponse call = lookUp(server, rid);

      assertThat(Instant.ofEpochSecond(call.getInvokeTime().getSeconds()))
          .isBetween(Instant.now().minusSeconds(60), Instant.now());
      assertThat(call.hasCost()).isTrue();
      assertThat(call.getRequestUrl()).isEqualTo("access_token=********");
      assertThat(call.getRequestBody()).contains("\"touser\":\"sandbox-43101\"");
      assertThat(call.getResponseBody()).contains("43101", rid);
      assertThat(call.getClientIp()).isEqualTo("127.xx.0.1");
    }
  }

  /** The sandbox shows a query inside the body as it is. */
  @Test
  void lookUpRid_ofARequestWithASecret_hidesIt() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      SendSubscribeMessageRequest.Builder request =
          RunningServer.requestTo("sandbox-43101").toBuilder();
      request.getMessageBuilder().setPage("pages/index?id=7&x=1?access_token=hush-hush");
      String rid = rid(() -> server.blocking().sendSubscribeMessage(request.build()));

      LookUpRidResponse call = lookUp(server, rid);

      assertThat(call.getRequestBody())
          .contains("pages/index?id=7&x=1?access_token=********")
          .doesNotContain("hush-hush");
    }
  }

  @Test
  void lookUpRid_thatWeChatDoesNotHave_isNotFound() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      assertNotFound(() -> lookUp(server, "00000000-00000000-00000000"), 76001);
      assertNotFound(() -> lookUp(server, "x"), 76002);
      for (int errcode : new int[] {76003, 76004}) {
        fail(server, SandboxEndpoint.RID, "errcode=" + errcode, 1);
        assertNotFound(() -> lookUp(server, "00000000-00000000-00000000"), errcode);
      }
    }
  }

  private static void assertNotFound(ThrowingCallable call, int errcode) {
    StatusAssert error =
        assertThatCall(call)
            .isError(Status.Code.NOT_FOUND, ErrorReason.NOT_FOUND, Outcome.OUTCOME_REJECTED);
    assertThat(error.sendError().getWechatErrcode()).isEqualTo(errcode);
    assertThat(error.sendError().getWechatRid()).isNotEmpty();
  }

  @Test
  void lookUpRid_emptyOrTooLong_asksNobody() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      assertInvalid(() -> lookUp(server, ""), "rid");
      assertInvalid(() -> lookUp(server, "x".repeat(129)), "rid");
      assertThat(server.sandbox().state().requests(SandboxEndpoint.RID)).isZero();
      assertNotFound(() -> lookUp(server, "x".repeat(128)), 76002);
    }
  }

  @Test
  void getQuota_ofSends_andOfAnotherPath_isWhatWeChatSays() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      server.blocking().sendSubscribeMessage(RunningServer.requestTo("user"));

      GetQuotaResponse ofSends = quota(server, "");

      assertThat(ofSends.getDailyLimit()).isEqualTo(10_000_000);
      assertThat(ofSends.getUsed()).isEqualTo(1);
      assertThat(ofSends.getRemain()).isEqualTo(9_999_999);
      assertThat(ofSends.hasRateLimitCalls()).isFalse();
      assertThat(ofSends.hasRateLimitPeriod()).isFalse();
      assertThat(quota(server, SEND_PATH)).isEqualTo(ofSends);
      GetQuotaResponse ofTokens = quota(server, "/cgi-bin/stable_token");
      assertThat(ofTokens.getRateLimitCalls()).isEqualTo(10_000);
      assertThat(ofTokens.getRateLimitPeriod().getSeconds()).isEqualTo(60);
    }
  }

  @ParameterizedTest
  @CsvSource({"/cgi-bin/none,76021", "/sns/jscode2session,76022"})
  void getQuota_ofAPathThatWeChatDoesNotHave_isInvalid(String path, int errcode) throws Exception {
    try (RunningServer server = RunningServer.start()) {
      StatusAssert error = assertInvalid(() -> quota(server, path), "cgi_path");

      assertThat(error.sendError().getWechatErrcode()).isEqualTo(errcode);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cgi-bin/none", "https://api.weixin.qq.com/cgi-bin", "/cgi-bin?a=b"})
  void getQuota_ofSomethingElse_asksNobody(String path) throws Exception {
    try (RunningServer server = RunningServer.start()) {
      assertInvalid(() -> quota(server, path), "cgi_path");
      assertInvalid(() -> quota(server, "/" + "x".repeat(256)), "cgi_path");
      assertThat(server.sandbox().state().requests(SandboxEndpoint.QUOTA)).isZero();
    }
  }

  @Test
  void clearQuota_letsMessagesOutAtOnce_andLogsWhoDidIt() throws Exception {
    SandboxOptions options =
        SandboxOptions.builder().quota(SandboxEndpoint.SEND, new Quota(2, 0)).build();
    Map<String, String> keys =
        Map.of(
            "wxnotify.grpc.callers.night-shift.token-sha256",
            AccessTest.sha256("night"),
            "wxnotify.grpc.callers.night-shift.operator",
            "true");
    try (LogCapture log = LogCapture.open();
        RunningServer server = RunningServer.start(options, keys)) {
      var sender = server.blocking().withInterceptors(bearer("night"));
      sender.sendSubscribeMessage(RunningServer.requestTo("user"));
      sender.sendSubscribeMessage(RunningServer.requestTo("user"));
      assertThatCall(() -> sender.sendSubscribeMessage(RunningServer.requestTo("user")))
          .isError(
              Status.Code.RESOURCE_EXHAUSTED,
              ErrorReason.DAILY_QUOTA_EXHAUSTED,
              Outcome.OUTCOME_REJECTED);
      assertThatCall(() -> sender.sendSubscribeMessage(RunningServer.requestTo("user")))
          .isError(
              Status.Code.RESOURCE_EXHAUSTED,
              ErrorReason.DAILY_QUOTA_EXHAUSTED,
              Outcome.OUTCOME_NOT_SENT);

      var ignored = clear(stub(server).withInterceptors(bearer("night")), SandboxOptions.APP_ID);

      sender.sendSubscribeMessage(RunningServer.requestTo("user"));
      assertThat(log.lines(Level.INFO, "night-shift"))
          .anyMatch(line -> line.contains("cleared the daily quotas"));
    }
  }

  @Test
  void clearQuota_notConfirmed_asksNobody() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      assertInvalid(() -> clear(stub(server), ""), "confirm_app_id");
      assertInvalid(() -> clear(stub(server), "wxother"), "confirm_app_id");
      assertThat(server.sandbox().state().requests(SandboxEndpoint.CLEAR_QUOTA)).isZero();
    }
  }

  @Test
  void clearQuota_eleventhTimeInAMonth_hasNoQuotaLeft() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      fail(server, SandboxEndpoint.CLEAR_QUOTA, "errcode=48006", 1);
      StatusAssert error =
          assertThatCall(() -> clear(stub(server), SandboxOptions.APP_ID))
              .isError(
                  Status.Code.RESOURCE_EXHAUSTED,
                  ErrorReason.DAILY_QUOTA_EXHAUSTED,
                  Outcome.OUTCOME_REJECTED)
              .says("WeChat rejected the call: 48006");
      assertThat(error.sendError().getWechatErrcode()).isEqualTo(48006);
    }
  }

  @Test
  void calls_withATokenThatWeChatRevoked_areMadeOnceMore() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      GetQuotaResponse before = quota(server, "");
      server.sandbox().revokeToken(SandboxOptions.APP_ID, RevokeMode.SUPERSEDED);

      assertThat(quota(server, "")).isEqualTo(before);
      assertThat(server.sandbox().state().requests(SandboxEndpoint.QUOTA)).isEqualTo(3);

      fail(server, SandboxEndpoint.QUOTA, "errcode=40001", 2);
      assertThatCall(() -> quota(server, ""))
          .isError(Status.Code.INTERNAL, ErrorReason.WECHAT_CREDENTIALS, Outcome.OUTCOME_NOT_SENT);
      assertThat(server.sandbox().state().requests(SandboxEndpoint.QUOTA)).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "errcode=40164,INTERNAL,WECHAT_CREDENTIALS,OUTCOME_NOT_SENT",
    "errcode=48001,INTERNAL,WECHAT_CREDENTIALS,OUTCOME_NOT_SENT",
    "errcode=-1,UNAVAILABLE,WECHAT_BUSY,OUTCOME_REJECTED",
    "errcode=45009,RESOURCE_EXHAUSTED,DAILY_QUOTA_EXHAUSTED,OUTCOME_REJECTED",
    "errcode=45011,RESOURCE_EXHAUSTED,RATE_LIMITED,OUTCOME_REJECTED",
    "errcode=99999,FAILED_PRECONDITION,UNRECOGNIZED_WECHAT_ERROR,OUTCOME_REJECTED",
    "http=502,UNAVAILABLE,WECHAT_UNREACHABLE,OUTCOME_NOT_SENT",
    "reset-before,UNAVAILABLE,WECHAT_UNREACHABLE,OUTCOME_NOT_SENT",
    "reset-after,UNAVAILABLE,WECHAT_UNREACHABLE,OUTCOME_NOT_SENT",
    "truncated,UNAVAILABLE,WECHAT_UNREACHABLE,OUTCOME_NOT_SENT",
    "no-errcode,UNAVAILABLE,WECHAT_UNREACHABLE,OUTCOME_NOT_SENT",
    "no-answer,UNAVAILABLE,WECHAT_UNREACHABLE,OUTCOME_NOT_SENT",
  })
  void calls_thatWeChatDoesNotAnswer_endAsTheContractSays(
      String what, Status.Code code, ErrorReason reason, Outcome outcome) throws Exception {
    // Short only where it must end: a busy machine may take longer for an answer.
    String timeout = what.equals("no-answer") ? "500ms" : "20s";
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(), Map.of("wxnotify.wechat.request-timeout", timeout))) {
      List<ThrowingCallable> calls =
          List.of(
              () -> lookUp(server, "00000000-00000000-00000000"),
              () -> quota(server, ""),
              () -> clear(stub(server), SandboxOptions.APP_ID));
      for (SandboxEndpoint endpoint :
          List.of(SandboxEndpoint.RID, SandboxEndpoint.QUOTA, SandboxEndpoint.CLEAR_QUOTA)) {
        fail(server, endpoint, what, 1);
      }

      for (ThrowingCallable call : calls) {
        assertThatCall(call).isError(code, reason, outcome);
      }
    }
  }

  /** The stop gives them up near the end of the grace. */
  @Test
  void call_thatWaitsForWeChatWhenTheServerStops_isAnswered() throws Exception {
    Map<String, String> keys =
        Map.of("wxnotify.shutdown.grace", "1s", "wxnotify.wechat.request-timeout", "1m");
    try (RunningServer server = RunningServer.start(SandboxOptions.defaults(), keys)) {
      fail(server, SandboxEndpoint.RID, "no-answer", 1);
      var call =
          OperationsServiceGrpc.newFutureStub(server.channel())
              .lookUpRid(LookUpRidRequest.newBuilder().setRid("x").build());
      Await.until("it is under way", () -> requests(server, SandboxEndpoint.RID) == 1);

      server.stopServer();

      assertThatCall(() -> get(call))
          .isError(Status.Code.UNAVAILABLE, ErrorReason.SERVER_STOPPING, Outcome.OUTCOME_NOT_SENT);
    }
  }

  /** WeChat has done it, whether the operator hears of it or not. */
  @Test
  void clearQuota_cancelledWhileWeChatWorks_letsMessagesOutAllTheSame() throws Exception {
    SandboxOptions options =
        SandboxOptions.builder().quota(SandboxEndpoint.SEND, new Quota(1, 0)).build();
    try (RunningServer server = RunningServer.start(options, Map.of())) {
      server.blocking().sendSubscribeMessage(RunningServer.requestTo("user"));
      StatusAssert usedUp =
          assertThatCall(
              () -> server.blocking().sendSubscribeMessage(RunningServer.requestTo("user")));
      assertThat(usedUp.sendError().getReason()).isEqualTo(ErrorReason.DAILY_QUOTA_EXHAUSTED);
      fail(server, SandboxEndpoint.CLEAR_QUOTA, "latency=300", 1);
      var call =
          OperationsServiceGrpc.newFutureStub(server.channel())
              .clearQuota(
                  ClearQuotaRequest.newBuilder().setConfirmAppId(SandboxOptions.APP_ID).build());
      Await.until("it is under way", () -> requests(server, SandboxEndpoint.CLEAR_QUOTA) == 1);

      call.cancel(true);

      Await.until("messages go out again", () -> isAccepted(server));
    }
  }

  private static <T> T get(Future<T> call) throws Throwable {
    try {
      return call.get();
    } catch (ExecutionException e) {
      throw Objects.requireNonNull(e.getCause());
    }
  }

  private static boolean isAccepted(RunningServer server) {
    try {
      return !server
          .blocking()
          .sendSubscribeMessage(RunningServer.requestTo("user"))
          .getMessageId()
          .isEmpty();
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  private static long requests(RunningServer server, SandboxEndpoint endpoint) {
    return server.sandbox().state().requests(endpoint);
  }

  @Test
  void calls_withoutAToken_sayWhy() throws Exception {
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(), Map.of("wxnotify.apps.shop.app-secret", "hush-hush"))) {
      assertThatCall(() -> quota(server, ""))
          .isError(Status.Code.INTERNAL, ErrorReason.WECHAT_CREDENTIALS, Outcome.OUTCOME_NOT_SENT)
          .doesNotLeak("hush-hush");
    }
  }

  @Test
  void calls_ofAnUnknownApp_areInvalid() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      OperationsServiceBlockingStub stub = stub(server);
      assertInvalid(
          () -> stub.lookUpRid(LookUpRidRequest.newBuilder().setAppId("wx-none").build()),
          "app_id");
      assertInvalid(
          () -> stub.getQuota(GetQuotaRequest.newBuilder().setAppId("wx-none").build()), "app_id");
      assertInvalid(
          () ->
              stub.clearQuota(
                  ClearQuotaRequest.newBuilder()
                      .setAppId("wx-none")
                      .setConfirmAppId("wx-none")
                      .build()),
          "app_id");
    }
  }

  @Test
  void lookUpRid_ofOtherCallers_isDenied() throws Exception {
    Map<String, String> keys =
        Map.of("wxnotify.grpc.callers.shop.token-sha256", AccessTest.sha256("shop"));
    try (RunningServer server = RunningServer.start(SandboxOptions.defaults(), keys)) {
      OperationsServiceBlockingStub stub = stub(server).withInterceptors(bearer("shop"));
      assertThatCall(() -> stub.lookUpRid(LookUpRidRequest.newBuilder().setRid("x").build()))
          .isError(
              Status.Code.PERMISSION_DENIED, ErrorReason.NOT_AN_OPERATOR, Outcome.OUTCOME_NOT_SENT);
    }
  }

  private static StatusAssert assertInvalid(ThrowingCallable call, String field) {
    return assertThatCall(call)
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .namesFields(field);
  }

  private static void fail(RunningServer server, SandboxEndpoint endpoint, String what, int times) {
    server.sandbox().addFault(Fault.on(endpoint, Effect.parse(what)).times(times));
  }

  private static String ridOfASendTo(RunningServer server, String openId) {
    return rid(() -> server.blocking().sendSubscribeMessage(RunningServer.requestTo(openId)));
  }

  private static String rid(ThrowingCallable send) {
    return assertThatCall(send).sendError().getWechatRid();
  }

  private static LookUpRidResponse lookUp(RunningServer server, String rid) {
    return stub(server).lookUpRid(LookUpRidRequest.newBuilder().setRid(rid).build());
  }

  private static GetQuotaResponse quota(RunningServer server, String path) {
    return stub(server).getQuota(GetQuotaRequest.newBuilder().setCgiPath(path).build());
  }

  private static Object clear(OperationsServiceBlockingStub stub, String confirm) {
    return stub.clearQuota(ClearQuotaRequest.newBuilder().setConfirmAppId(confirm).build());
  }

  private static OperationsServiceBlockingStub stub(RunningServer server) {
    return OperationsServiceGrpc.newBlockingStub(server.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private static io.grpc.ClientInterceptor bearer(String token) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }
}
