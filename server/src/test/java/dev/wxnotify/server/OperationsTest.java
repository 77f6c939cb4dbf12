package dev.wxnotify.server;

import static dev.wxnotify.server.testing.StatusAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import dev.wxnotify.sandbox.SandboxEndpoint;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.wechat.WeChatErrcodeExplanations;
import dev.wxnotify.v1.ClearQuotaRequest;
import dev.wxnotify.v1.ExplainErrcodeRequest;
import dev.wxnotify.v1.ExplainErrcodeResponse;
import dev.wxnotify.v1.FailureCount;
import dev.wxnotify.v1.GetQuotaRequest;
import dev.wxnotify.v1.GetTokenStatusRequest;
import dev.wxnotify.v1.ListRecentFailuresRequest;
import dev.wxnotify.v1.OperationsServiceGrpc;
import dev.wxnotify.v1.OperationsServiceGrpc.OperationsServiceBlockingStub;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.RefreshTokenRequest;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.TokenSource;
import dev.wxnotify.v1.TokenState;
import dev.wxnotify.v1.TokenStatus;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator's service, over real sockets. */
@Timeout(60)
class OperationsTest {

  @Test
  void tokenStatus_ofAllApps_tellsHowTheyStand_andNotTheToken() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      server.blocking().sendSubscribeMessage(RunningServer.requestTo("user"));

      List<TokenStatus> tokens =
          stub(server).getTokenStatus(GetTokenStatusRequest.getDefaultInstance()).getTokensList();

      assertThat(tokens).hasSize(1);
      TokenStatus token = tokens.get(0);
      assertThat(token.getAppId()).isEqualTo(SandboxOptions.APP_ID);
      assertThat(token.getState()).isEqualTo(TokenState.TOKEN_STATE_FRESH);
      assertThat(token.getSource()).isEqualTo(TokenSource.TOKEN_SOURCE_WECHAT);
      assertThat(token.getAge().getSeconds()).isBetween(0L, 60L);
      assertThat(token.getExpiresIn().getSeconds()).isBetween(7_000L, 7_200L);
      assertThat(token.getCallsLeft()).isEqualTo(149);
      assertThat(token.getFingerprint()).matches("[0-9a-f]{8}");
      assertThat(token.getTrouble()).isEmpty();
      assertThat(token.hasNextTryIn()).isFalse();
    }
  }

  @Test
  void tokenStatus_credentialsRefused_tellsWhy() throws Exception {
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(), Map.of("wxnotify.apps.shop.app-secret", "wrong"))) {
      Throwable ignored =
          catchThrowable(
              () -> server.blocking().sendSubscribeMessage(RunningServer.requestTo("user")));
      assertThat(ignored).isNotNull();

      TokenStatus token =
          stub(server).getTokenStatus(GetTokenStatusRequest.getDefaultInstance()).getTokens(0);

      assertThat(token.getState()).isEqualTo(TokenState.TOKEN_STATE_NONE);
      assertThat(token.getSource()).isEqualTo(TokenSource.TOKEN_SOURCE_UNSPECIFIED);
      assertThat(token.getTroubleErrcode()).isEqualTo(40125);
      assertThat(token.getTrouble()).contains("40125").doesNotContain("wrong");
      assertThat(token.hasNextTryIn()).isTrue();
      assertThatCall(() -> stub(server).refreshToken(RefreshTokenRequest.getDefaultInstance()))
          .isError(Status.Code.INTERNAL, ErrorReason.WECHAT_CREDENTIALS, Outcome.OUTCOME_NOT_SENT);
    }
  }

  @Test
  void refresh_asksWeChat_tenTimesAnHourAtMost() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      server.blocking().sendSubscribeMessage(RunningServer.requestTo("user"));
      for (int i = 0; i < 10; i++) {
        var refreshed = stub(server).refreshToken(RefreshTokenRequest.getDefaultInstance());
        assertThat(refreshed.getChanged()).as("a stable token lives on").isFalse();
        assertThat(refreshed.getToken().getCallsLeft()).isEqualTo(148 - i);
      }

      assertThatCall(() -> stub(server).refreshToken(RefreshTokenRequest.getDefaultInstance()))
          .isError(
              Status.Code.RESOURCE_EXHAUSTED, ErrorReason.OVERLOADED, Outcome.OUTCOME_NOT_SENT);
    }
  }

  @Test
  void refresh_budgetOfTheHourIsSpent_asksNobody_andSendsGoOn() throws Exception {
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(), Map.of("wxnotify.wechat.token-calls-per-hour", "2"))) {
      server.blocking().sendSubscribeMessage(RunningServer.requestTo("user"));
      assertThat(
              stub(server)
                  .refreshToken(RefreshTokenRequest.getDefaultInstance())
                  .getToken()
                  .getCallsLeft())
          .isZero();

      assertThatCall(() -> stub(server).refreshToken(RefreshTokenRequest.getDefaultInstance()))
          .isError(
              Status.Code.UNAVAILABLE, ErrorReason.WECHAT_UNREACHABLE, Outcome.OUTCOME_NOT_SENT)
          .says("budget");

      assertThat(server.sandbox().state().requests(SandboxEndpoint.STABLE_TOKEN)).isEqualTo(2);
      server.blocking().sendSubscribeMessage(RunningServer.requestTo("user"));
    }
  }

  /** A caller that is not an operator uses up nothing by trying. */
  @Test
  void refresh_ofOthers_asksNobody() throws Exception {
    Map<String, String> keys =
        Map.of("wxnotify.grpc.callers.shop.token-sha256", AccessTest.sha256("shop"));
    try (RunningServer server = RunningServer.start(SandboxOptions.defaults(), keys)) {
      Await.until(
          "the token of the start",
          () -> server.sandbox().state().requests(SandboxEndpoint.STABLE_TOKEN) == 1);
      for (int i = 0; i < 20; i++) {
        assertThatCall(
                () -> stub(server, "shop").refreshToken(RefreshTokenRequest.getDefaultInstance()))
            .isError(
                Status.Code.PERMISSION_DENIED,
                ErrorReason.NOT_AN_OPERATOR,
                Outcome.OUTCOME_NOT_SENT);
      }
      assertThat(server.sandbox().state().requests(SandboxEndpoint.STABLE_TOKEN)).isEqualTo(1);
    }
  }

  @Test
  void refresh_ofAClassicToken_bringsAnother() throws Exception {
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(), Map.of("wxnotify.wechat.token-endpoint", "classic"))) {
      server.blocking().sendSubscribeMessage(RunningServer.requestTo("user"));

      assertThat(stub(server).refreshToken(RefreshTokenRequest.getDefaultInstance()).getChanged())
          .isTrue();
    }
  }

  static Stream<Arguments> errcodes() throws Exception {
    return ErrorTable.read().stream()
        .flatMap(row -> row.errcodes().stream().map(errcode -> Arguments.of(errcode, row)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("errcodes")
  void explain_everyErrcodeOfTheTable_saysWhatTheTableSays(int errcode, ErrorTable.Row row)
      throws Exception {
    try (RunningServer server = RunningServer.start()) {
      ExplainErrcodeResponse explained = explain(server, errcode);

      assertThat(explained.getKnown()).isTrue();
      assertThat(explained.getErrcode()).isEqualTo(errcode);
      assertThat(explained.getReason().name()).isEqualTo(row.reason());
      assertThat(explained.getOutcome().name()).isEqualTo(row.outcome());
      assertThat(explained.getMeaning()).endsWith(".");
      assertThat(explained.getAction()).endsWith(".");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {99_999, -7, Integer.MIN_VALUE, 40_002})
  void explain_unknownErrcode_saysThatItIsUnknown(int errcode) throws Exception {
    try (RunningServer server = RunningServer.start()) {
      ExplainErrcodeResponse explained = explain(server, errcode);

      assertThat(explained.getKnown()).isFalse();
      assertThat(explained.getReason()).isEqualTo(ErrorReason.UNRECOGNIZED_WECHAT_ERROR);
      assertThat(new WeChatErrcodeExplanations().find(errcode)).isNull();
    }
  }

  @Test
  void explain_zero_isSuccess() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      assertThat(explain(server, 0).getOutcome()).isEqualTo(Outcome.OUTCOME_ACCEPTED);
    }
  }

  @Test
  void recentFailures_areCountedByReason() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      for (String user : List.of("sandbox-43101", "user", "sandbox-43101", "sandbox-40003")) {
        Throwable failure =
            catchThrowable(
                () -> server.blocking().sendSubscribeMessage(RunningServer.requestTo(user)));
        assertThat(failure == null).isEqualTo(user.equals("user"));
      }

      var listed =
          stub(server)
              .listRecentFailures(
                  ListRecentFailuresRequest.newBuilder().setAppId(SandboxOptions.APP_ID).build());

      assertThat(listed.getFailuresList())
          .extracting(
              FailureCount::getAppId,
              FailureCount::getReason,
              FailureCount::getCount,
              FailureCount::getLastErrcode)
          .containsExactly(
              tuple(SandboxOptions.APP_ID, ErrorReason.USER_NOT_SUBSCRIBED, 2L, 43101),
              tuple(SandboxOptions.APP_ID, ErrorReason.INVALID_OPEN_ID, 1L, 40003));
      assertThat(listed.getWindow().getSeconds()).isEqualTo(3_600);
      assertThat(listed.getFailures(0).getLastRid()).isNotEmpty();
    }
  }

  @Test
  void unknownApp_isInvalid() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      OperationsServiceBlockingStub stub = stub(server);
      assertThatCall(
              () ->
                  stub.getTokenStatus(
                      GetTokenStatusRequest.newBuilder().setAppId("wxother").build()))
          .isError(
              Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
          .namesFields("app_id");
      assertThatCall(
              () -> stub.refreshToken(RefreshTokenRequest.newBuilder().setAppId("wxother").build()))
          .namesFields("app_id");
      assertThatCall(
              () ->
                  stub.listRecentFailures(
                      ListRecentFailuresRequest.newBuilder().setAppId("wxother").build()))
          .namesFields("app_id");
    }
  }

  /** Every method for an operator, another caller, and an anonymous one. */
  @Test
  void methods_areForOperators() throws Exception {
    Map<String, String> keys = new HashMap<>();
    keys.put("wxnotify.grpc.callers.op.token-sha256", AccessTest.sha256("op"));
    keys.put("wxnotify.grpc.callers.op.operator", "true");
    keys.put("wxnotify.grpc.callers.shop.token-sha256", AccessTest.sha256("shop"));
    for (boolean allowAnonymous : new boolean[] {false, true}) {
      keys.put("wxnotify.grpc.allow-anonymous", String.valueOf(allowAnonymous));
      try (RunningServer server = RunningServer.start(SandboxOptions.defaults(), keys)) {
        assertMayCall(stub(server, "op"), null);
        assertMayCall(stub(server, "shop"), ErrorReason.NOT_AN_OPERATOR);
        assertMayCall(stub(server, "wrong"), ErrorReason.UNAUTHENTICATED);
        assertMayCall(
            stub(server),
            allowAnonymous ? ErrorReason.NOT_AN_OPERATOR : ErrorReason.UNAUTHENTICATED);
      }
    }
  }

  /** A caller on an address other than loopback is not an operator. */
  @Test
  void anonymous_beyondLoopback_isNoOperator() throws Exception {
    Map<String, String> keys =
        Map.of("wxnotify.grpc.host", "0.0.0.0", "wxnotify.grpc.allow-anonymous", "true");
    try (RunningServer server = RunningServer.start(SandboxOptions.defaults(), keys)) {
      assertMayCall(stub(server), ErrorReason.NOT_AN_OPERATOR);
      server.blocking().sendSubscribeMessage(RunningServer.requestTo("user"));
    }
  }

  private static void assertMayCall(
      OperationsServiceBlockingStub stub, @Nullable ErrorReason refusal) {
    List<ThrowingCallable> calls =
        List.of(
            () -> stub.getTokenStatus(GetTokenStatusRequest.getDefaultInstance()),
            () -> stub.refreshToken(RefreshTokenRequest.getDefaultInstance()),
            () -> stub.explainErrcode(ExplainErrcodeRequest.getDefaultInstance()),
            () -> stub.listRecentFailures(ListRecentFailuresRequest.getDefaultInstance()),
            () -> stub.getQuota(GetQuotaRequest.getDefaultInstance()),
            () ->
                stub.clearQuota(
                    ClearQuotaRequest.newBuilder().setConfirmAppId(SandboxOptions.APP_ID).build()));
    for (var call : calls) {
      if (refusal == null) {
        assertThat(catchThrowable(call)).isNull();
      } else {
        assertThatCall(call)
            .isError(
                refusal == ErrorReason.UNAUTHENTICATED
                    ? Status.Code.UNAUTHENTICATED
                    : Status.Code.PERMISSION_DENIED,
                refusal,
                Outcome.OUTCOME_NOT_SENT);
      }
    }
  }

  private static ExplainErrcodeResponse explain(RunningServer server, int errcode) {
    return stub(server)
        .explainErrcode(ExplainErrcodeRequest.newBuilder().setErrcode(errcode).build());
  }

  private static OperationsServiceBlockingStub stub(RunningServer server) {
    return OperationsServiceGrpc.newBlockingStub(server.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private static OperationsServiceBlockingStub stub(RunningServer server, String token) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    return stub(server).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }
}
