package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.wxnotify.sandbox.Effect;
import dev.wxnotify.sandbox.Fault;
import dev.wxnotify.sandbox.SandboxEndpoint;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.ErrorTable.Row;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.DeafPort;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Drives every row of the table in {@code docs/errors.md} over real HTTP and real gRPC. */
@Timeout(60)
class ErrorTableTest {

  @Test
  void table_hasEveryReasonOfTheContract() throws Exception {
    Set<String> documented =
        ErrorTable.read().stream().map(Row::reason).collect(Collectors.toSet());

    assertThat(documented)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ErrorReason.values())
                .filter(r -> r != ErrorReason.UNRECOGNIZED)
                .filter(r -> r != ErrorReason.ERROR_REASON_UNSPECIFIED)
                .map(Enum::name)
                .collect(Collectors.toSet()));
  }

  /** The conformance cases for the other languages are complete too. */
  @Test
  void conformanceList_hasEveryRow_orSaysWhyNot() throws Exception {
    JsonNode list =
        new ObjectMapper().readTree(Path.of("..", "conformance", "cases.json").toFile());
    Set<String> covered = new HashSet<>();
    for (JsonNode one : list.get("cases")) {
      for (JsonNode error : one.findValues("error")) {
        JsonNode variants = one.path("vary");
        for (int i = 0; i < Math.max(1, variants.size()); i++) {
          String[] words = variants.path(i).asText().split(" ", -1);
          String reason = error.path("reason").asText();
          covered.add(
              error.path("code").asText()
                  + " "
                  + (reason.equals("{v2}") ? words[1] : reason)
                  + " "
                  + error.path("outcome").asText());
        }
      }
    }

    assertThat(ErrorTable.read())
        .filteredOn(row -> !list.get("not_provoked").has(row.reason()))
        .allSatisfy(
            row ->
                assertThat(covered)
                    .contains(row.code() + " " + row.reason() + " " + row.outcome()));
  }

  static Stream<Arguments> errcodes() throws Exception {
    return ErrorTable.read().stream()
        .flatMap(row -> row.errcodes().stream().map(errcode -> Arguments.of(errcode, row)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("errcodes")
  void errcode_ofWeChat_givesWhatItsRowSays(int errcode, Row row) throws Exception {
    try (RunningServer server = RunningServer.start()) {
      StatusRuntimeException failure = failureOf(server, "sandbox-" + errcode);

      SendError error = assertMatches(failure, row);
      assertThat(error.getWechatErrcode()).isEqualTo(errcode);
      assertThat(error.getWechatErrmsg()).isNotEmpty().doesNotContain("rid");
      assertThat(error.getWechatRid()).matches("[0-9a-f]{8}(-[0-9a-f]{8}){2}");
      assertThat(server.sandbox().messages()).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("errcodes")
  void errcode_ofWeChat_givesABatchItemTheSame(int errcode, Row row) throws Exception {
    try (RunningServer server = RunningServer.start()) {
      BatchItemResult result = batchOfOne(server, "sandbox-" + errcode);

      assertThat(result.getOutcome().name()).isEqualTo(row.outcome());
      assertThat(result.getError().getReason().name()).isEqualTo(row.reason());
      assertThat(com.google.rpc.Code.forNumber(result.getError().getCode()).name())
          .isEqualTo(row.code());
      assertThat(result.getError().getWechatErrcode()).isEqualTo(errcode);
      assertThat(result.getError().hasRetryAfter()).isEqualTo(row.hasRetryAfter());
    }
  }

  @Test
  void invalidTemplateData_namesTheFieldThatWeChatNamed() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      StatusRuntimeException failure = failureOf(server, "sandbox-47003");

      assertThat(RunningServer.details(failure, BadRequest.class))
          .singleElement()
          .satisfies(
              bad ->
                  assertThat(bad.getFieldViolations(0).getField())
                      .isEqualTo("message.data[\"thing1\"]"));
    }
  }

  @Test
  void unknownErrcode_isKept_andNotRepeated() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      StatusRuntimeException failure = failureOf(server, "sandbox-99999");

      SendError error = assertMatches(failure, row("any other errcode"));
      assertThat(error.getWechatErrcode()).isEqualTo(99999);
      assertThat(server.sandbox().state().sendsReceived()).isEqualTo(1);
    }
  }

  @Test
  void invalidRequest_namesAllFieldsAtOnce() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      SendSubscribeMessageRequest request =
          SendSubscribeMessageRequest.newBuilder()
              .setMessage(
                  RunningServer.messageTo("").toBuilder()
                      .setAppId("wxunknown")
                      .putData("thing1", "x".repeat(21))
                      .putData("time2", "tomorrow"))
              .setRequestId("r".repeat(65))
              .build();

      StatusRuntimeException failure = failureOf(server, request);

      SendError error = assertMatches(failure, row("a field is missing"));
      assertThat(error.getFieldViolationsList())
          .extracting("field")
          .containsExactlyInAnyOrder(
              "message.app_id",
              "message.open_id",
              "message.data[\"thing1\"]",
              "message.data[\"time2\"]",
              "request_id");
      assertThat(RunningServer.details(failure, BadRequest.class))
          .singleElement()
          .satisfies(bad -> assertThat(bad.getFieldViolationsCount()).isEqualTo(5));
      assertThat(server.sandbox().state().sendsReceived()).isZero();
    }
  }

  @Test
  void messageThatWeChatIsKnownToRefuse_isWithheldWhereTheCallerWantsThat() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      String user = "sandbox-once-43101-a";
      failureOf(server, user);
      SendSubscribeMessageRequest request =
          SendSubscribeMessageRequest.newBuilder()
              .setMessage(RunningServer.messageTo(user))
              .setSkipUnlessSubscribed(true)
              .build();

      SendError error =
          assertMatches(failureOf(server, request), row("`skip_unless_subscribed` is set"));
      assertThat(error.hasWechatErrcode()).isFalse();
      assertThat(server.sandbox().state().sendsReceived()).isEqualTo(1);
      server.blocking().sendSubscribeMessage(request.toBuilder().setValidateOnly(true).build());
      server
          .blocking()
          .sendSubscribeMessage(request.toBuilder().setSkipUnlessSubscribed(false).build());
      assertThat(server.sandbox().state().sendsReceived()).isEqualTo(2);
    }
  }

  @Test
  void tokenRefused_isForTheOperator() throws Exception {
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(), Map.of("wxnotify.apps.shop.app-secret", "wrong"))) {
      StatusRuntimeException failure = failureOf(server, "user");

      SendError error = assertMatches(failure, row("40013"));
      assertThat(error.getWechatErrcode()).isEqualTo(40125);
      assertThat(server.sandbox().state().sendsReceived()).isZero();
    }
  }

  @Test
  void weChatUnreachable_isNotSent() throws Exception {
    int nobody = DeafPort.number();
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(),
            Map.of("wxnotify.wechat.base-url", "http://127.0.0.1:" + nobody))) {
      assertMatches(failureOf(server, "user"), row("no token is available"));
    }
  }

  @Test
  void overload_isNotSent() throws Exception {
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(), Map.of("wxnotify.grpc.max-in-flight", "2"))) {
      hold(server, "sandbox-no-answer-1");
      hold(server, "sandbox-no-answer-2");

      assertMatches(failureOf(server, "user"), row("this server is at its limits"));
      assertThat(server.sandbox().state().sendsReceived()).isEqualTo(2);
    }
  }

  @Test
  void dailyQuotaKnownToBeUsedUp_isNotSent() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      assertMatches(failureOf(server, "sandbox-45009"), row("45009"));

      SendError error = assertMatches(failureOf(server, "user"), row("the app's quota of the day"));
      assertThat(error.getWechatErrcode()).isEqualTo(45009);
      assertThat(server.sandbox().state().sendsReceived()).isEqualTo(1);
    }
  }

  /**
   * Uses the deadline that the server gives to calls without one. So only the server's clock runs,
   * and no other clock can end a call before its answer, however busy the machine is. The second
   * message waits for its recipient's turn, and so is not written.
   */
  @Test
  void deadline_afterTheWriteIsUnknown_beforeItIsNotSent() throws Exception {
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(), Map.of("wxnotify.wechat.request-timeout", "1m"))) {
      var stub = NotificationServiceGrpc.newFutureStub(server.channel());
      SendSubscribeMessageRequest request = RunningServer.requestTo("sandbox-no-answer");
      var written = stub.sendSubscribeMessage(request);
      Await.until("it is written", () -> server.sandbox().state().sendsReceived() == 1);
      var waiting = stub.sendSubscribeMessage(request);

      assertMatches(failureOf(written), row("the deadline was over after"));
      assertMatches(failureOf(waiting), row("the deadline was over before"));
      assertThat(server.sandbox().state().sendsReceived()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sandbox-reset-after",
        "sandbox-half-answer",
        "sandbox-html-502",
        "sandbox-html-404",
        "sandbox-html-200",
        "sandbox-empty-body",
        "sandbox-truncated",
        "sandbox-malformed-json",
        "sandbox-oversized-body",
        "sandbox-no-errcode",
        "sandbox-reset-before",
        "sandbox-no-answer"
      })
  void noAnswerAfterTheWrite_isUnknown_andWrittenOnce(String openId) throws Exception {
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(), Map.of("wxnotify.wechat.request-timeout", "1s"))) {
      assertMatches(failureOf(server, openId), row("after the message was written"));
      assertThat(server.sandbox().state().requests(SandboxEndpoint.SEND)).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void requestId_ofAnotherMessage_isAConflict() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      var accepted =
          server
              .blocking()
              .sendSubscribeMessage(
                  RunningServer.requestTo("a").toBuilder().setRequestId("id").build());
      assertThat(accepted.getReplayed()).isFalse();

      StatusRuntimeException failure =
          failureOf(server, RunningServer.requestTo("b").toBuilder().setRequestId("id").build());

      assertMatches(failure, row("the request_id was used"));
      assertThat(server.sandbox().messages()).hasSize(1);
    }
  }

  @Test
  void requestId_underWay_isInProgress() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      SendSubscribeMessageRequest request =
          RunningServer.requestTo("sandbox-no-answer").toBuilder().setRequestId("id").build();
      hold(server, request);

      assertMatches(failureOf(server, request), row("a call with the same request_id"));
      assertThat(server.sandbox().state().sendsReceived()).isEqualTo(1);
    }
  }

  /** Waits until the sandbox has read the send, so that it is in flight for the next steps. */
  private static void hold(RunningServer server, String openId) throws Exception {
    hold(server, RunningServer.requestTo(openId));
  }

  private static void hold(RunningServer server, SendSubscribeMessageRequest request)
      throws Exception {
    long before = server.sandbox().state().sendsReceived();
    ListenableFuture<SendSubscribeMessageResponse> held =
        server.future().sendSubscribeMessage(request);
    while (server.sandbox().state().sendsReceived() == before) {
      assertThat(held.isDone()).isFalse();
      Thread.onSpinWait();
    }
  }

  private static Row row(String cause) throws Exception {
    return ErrorTable.read().stream()
        .filter(row -> row.cause().startsWith(cause))
        .findFirst()
        .orElseThrow();
  }

  private static StatusRuntimeException failureOf(RunningServer server, String openId) {
    return failureOf(server, RunningServer.requestTo(openId));
  }

  private static StatusRuntimeException failureOf(
      RunningServer server, SendSubscribeMessageRequest request) {
    return catchThrowableOfType(
        StatusRuntimeException.class, () -> server.blocking().sendSubscribeMessage(request));
  }

  private static StatusRuntimeException failureOf(Future<?> call) {
    Throwable failure = catchThrowableOfType(ExecutionException.class, call::get).getCause();
    assertThat(failure).isInstanceOf(StatusRuntimeException.class);
    return (StatusRuntimeException) Objects.requireNonNull(failure);
  }

  private static SendError assertMatches(StatusRuntimeException failure, Row row) throws Exception {
    assertThat(failure).isNotNull();
    assertThat(failure.getStatus().getCode().name()).isEqualTo(row.code());
    SendError error = RunningServer.sendError(failure);
    assertThat(com.google.rpc.Code.forNumber(error.getCode()).name()).isEqualTo(row.code());
    assertThat(error.getReason().name()).isEqualTo(row.reason());
    assertThat(error.getOutcome().name()).isEqualTo(row.outcome());
    assertThat(error.hasRetryAfter())
        .isEqualTo(row.hasRetryAfter() || row.reason().equals("WECHAT_UNREACHABLE"));
    assertThat(RunningServer.details(failure, RetryInfo.class))
        .hasSize(error.hasRetryAfter() ? 1 : 0);
    assertThat(RunningServer.details(failure, ErrorInfo.class))
        .singleElement()
        .satisfies(
            info -> {
              assertThat(info.getReason()).isEqualTo(row.reason());
              assertThat(info.getDomain()).isEqualTo("wxnotify.dev");
              assertThat(info.getMetadataMap()).containsEntry("outcome", row.outcome());
              if (error.hasWechatErrcode()) {
                assertThat(info.getMetadataMap())
                    .containsEntry("wechat_errcode", Integer.toString(error.getWechatErrcode()))
                    .containsEntry("wechat_errmsg", error.getWechatErrmsg())
                    .containsEntry("wechat_rid", error.getWechatRid());
              }
            });
    return error;
  }

  private static BatchItemResult batchOfOne(RunningServer server, String openId) throws Exception {
    CompletableFuture<BatchItemResult> result = new CompletableFuture<>();
    StreamObserver<BatchSendRequest> requests =
        server
            .async()
            .withDeadlineAfter(5, TimeUnit.SECONDS) // Until then it retries the throttled message.
            .batchSend(
                new StreamObserver<BatchSendResponse>() {
                  @Override
                  public void onNext(BatchSendResponse response) {
                    if (response.hasResult()) {
                      result.complete(response.getResult());
                    }
                  }

                  @Override
                  public void onError(Throwable t) {
                    result.completeExceptionally(t);
                  }

                  @Override
                  public void onCompleted() {
                    result.completeExceptionally(new AssertionError("no result"));
                  }
                });
    requests.onNext(
        BatchSendRequest.newBuilder().setSubscribeMessage(RunningServer.messageTo(openId)).build());
    requests.onCompleted();
    try {
      return result.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  /** A failing token endpoint is reported like any other missing token. */
  @Test
  void tokenEndpointBusy_isUnreachable_withTheErrcode() throws Exception {
    SandboxOptions options =
        SandboxOptions.builder()
            .faults(java.util.List.of(Fault.on(SandboxEndpoint.STABLE_TOKEN, Effect.errcode(-1))))
            .build();
    try (RunningServer server = RunningServer.start(options, Map.of())) {
      SendError error = assertMatches(failureOf(server, "user"), row("no token is available"));
      assertThat(error.getWechatErrcode()).isEqualTo(-1);
    }
  }
}
