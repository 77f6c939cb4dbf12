package dev.wxnotify.server.grpc;

import static dev.wxnotify.server.testing.StatusAssert.assertThatCall;
import static dev.wxnotify.server.testing.StatusAssert.assertThatStatus;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.util.concurrent.ListenableFuture;
import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.grpc.HeldGateway.Attempt;
import dev.wxnotify.server.grpc.HeldGateway.Until;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.GrpcServerExtension;
import dev.wxnotify.server.testing.ServerDeadline;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSeckillMessageResponse;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NotificationGrpcServiceTest {
  private static final Duration DEADLINE = Duration.ofSeconds(2);
  private static final int CHANCES = 5;

  private final HeldGateway gateway = new HeldGateway();

  @RegisterExtension final GrpcServerExtension server = new GrpcServerExtension(gateway);

  @Test
  void send_weChatTakesIt_answersWithItsMessageId() {
    gateway.scriptFor("o", new Answer.Accepted("3690274712345678901"));

    SendSubscribeMessageResponse response =
        server.blocking().sendSubscribeMessage(Requests.single("o"));

    assertThat(response)
        .isEqualTo(
            SendSubscribeMessageResponse.newBuilder().setMessageId("3690274712345678901").build());
    assertThat(gateway.writes()).hasSize(1);
  }

  @Test
  void send_weChatGivesNoMessageId_answersWithNone() {
    gateway.scriptFor("o", new Answer.Accepted(""));

    assertThat(server.blocking().sendSubscribeMessage(Requests.single("o")))
        .isEqualTo(SendSubscribeMessageResponse.getDefaultInstance());
  }

  @Test
  void sendSeckill_weChatTakesIt_answersWithItsMessageId() {
    SendSeckillMessageResponse response =
        server.blocking().sendSeckillMessage(Requests.singleSeckill("o"));

    assertThat(response.getMessageId()).isEqualTo(HeldGateway.idOf("o"));
    assertThat(gateway.writes().get(0).message().data())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("thing1", "一件商品", "time2", "2026-11-24 20:00", "thing3", "秒杀活动即将开始,支持一键发布到商店"));
    assertThat(gateway.writes().get(0).message().page())
        .isEqualTo("pages/seckill/index?corpId=corp&customerId=customer");
  }

  @Test
  void send_sameRequestIdAgain_replaysAndSendsNothing() {
    server.blocking().sendSubscribeMessage(Requests.single("o", "id"));

    SendSubscribeMessageResponse replayed =
        server.blocking().sendSubscribeMessage(Requests.single("o", "id"));

    assertThat(replayed.getReplayed()).isTrue();
    assertThat(replayed.getMessageId()).isEqualTo(HeldGateway.idOf("o"));
    assertThat(gateway.writes()).hasSize(1);
  }

  @Test
  void sendSeckill_sameRequestIdAgain_replaysAndSendsNothing() {
    SendSeckillMessageRequest request =
        Requests.singleSeckill("o").toBuilder().setRequestId("id").build();
    server.blocking().sendSeckillMessage(request);

    SendSeckillMessageResponse replayed = server.blocking().sendSeckillMessage(request);

    assertThat(replayed.getReplayed()).isTrue();
    assertThat(replayed.getMessageId()).isEqualTo(HeldGateway.idOf("o"));
    assertThat(gateway.writes()).hasSize(1);
  }

  @Test
  void send_sameRequestIdForAnotherMessage_isAConflict() {
    server.blocking().sendSubscribeMessage(Requests.single("o", "id"));

    assertThatCall(() -> server.blocking().sendSubscribeMessage(Requests.single("other", "id")))
        .isError(
            Status.Code.ALREADY_EXISTS, ErrorReason.REQUEST_ID_CONFLICT, Outcome.OUTCOME_REJECTED)
        .namesNoRetry();
  }

  @Test
  void send_sameRequestIdInFlight_asksToComeBack() throws Exception {
    gateway.go(Until.WRITTEN);
    var first = server.future().sendSubscribeMessage(Requests.single("o", "id"));
    gateway.awaitWrites(1);

    assertThatCall(() -> server.blocking().sendSubscribeMessage(Requests.single("o", "id")))
        .isError(Status.Code.ABORTED, ErrorReason.REQUEST_IN_PROGRESS, Outcome.OUTCOME_NOT_SENT)
        .retriesAfter(Duration.ofSeconds(1));

    gateway.release();
    assertThat(get(first).getReplayed()).isFalse();
  }

  @Test
  void send_weChatRejectsIt_saysWhatWeChatSaid() {
    WeChatError said =
        new WeChatError(43101, "user refuse to accept the msg", "6234f1e4-1ac81dfc-2f4e4ee0");
    gateway.scriptFor(
        "o", new Answer.Rejected(Rejected.Reason.USER_NOT_SUBSCRIBED, said, List.of()));

    assertThatCall(() -> server.blocking().sendSubscribeMessage(Requests.single("o")))
        .isError(
            Status.Code.FAILED_PRECONDITION,
            ErrorReason.USER_NOT_SUBSCRIBED,
            Outcome.OUTCOME_REJECTED)
        .says("43101")
        .says("6234f1e4-1ac81dfc-2f4e4ee0")
        .namesNoRetry();
  }

  @Test
  void send_connectionIsLost_isUnknown() {
    gateway.scriptFor("o", new Answer.NoAnswer("the connection was lost"));

    assertThatCall(() -> server.blocking().sendSubscribeMessage(Requests.single("o")))
        .isError(Status.Code.UNKNOWN, ErrorReason.OUTCOME_UNKNOWN, Outcome.OUTCOME_UNKNOWN);
  }

  @Test
  void validateOnly_validMessage_isAcceptedAndNotSent() {
    assertThat(
            server
                .blocking()
                .sendSubscribeMessage(
                    Requests.single("o", "id").toBuilder().setValidateOnly(true).build()))
        .isEqualTo(SendSubscribeMessageResponse.getDefaultInstance());
    assertThat(
            server
                .blocking()
                .sendSeckillMessage(
                    Requests.singleSeckill("o").toBuilder().setValidateOnly(true).build()))
        .isEqualTo(SendSeckillMessageResponse.getDefaultInstance());

    assertThat(gateway.attempts()).isEmpty();
    assertThat(server.blocking().sendSubscribeMessage(Requests.single("o", "id")).getReplayed())
        .as("the id is still free")
        .isFalse();
  }

  @Test
  void validateOnly_invalidMessage_isRejected() {
    assertThatCall(
            () ->
                server
                    .blocking()
                    .sendSubscribeMessage(
                        Requests.single("").toBuilder().setValidateOnly(true).build()))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .namesFields("message.open_id");
  }

  @Test
  void send_emptyRequest_isRejectedWithoutSending() {
    assertThatCall(
            () ->
                server
                    .blocking()
                    .sendSubscribeMessage(SendSubscribeMessageRequest.getDefaultInstance()))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .namesFields("message");
    assertThatCall(
            () ->
                server
                    .blocking()
                    .sendSeckillMessage(SendSeckillMessageRequest.getDefaultInstance()))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .namesFields("message");
    assertThat(gateway.attempts()).isEmpty();
  }

  @Test
  void deadline_notWritten_answersInTimeThatItWasNotSent() {
    gateway.go(Until.CALLED);

    assertThatStatus(answerInTime())
        .isError(
            Status.Code.DEADLINE_EXCEEDED,
            ErrorReason.DEADLINE_BEFORE_SEND,
            Outcome.OUTCOME_NOT_SENT);

    assertThat(gateway.attempts()).isNotEmpty().noneMatch(Attempt::write);
    assertThat(server.inFlight()).isZero();
  }

  @Test
  void deadline_written_answersInTimeThatItIsUnknown() {
    gateway.go(Until.WRITTEN);

    assertThatStatus(answerInTime())
        .isError(
            Status.Code.DEADLINE_EXCEEDED, ErrorReason.OUTCOME_UNKNOWN, Outcome.OUTCOME_UNKNOWN);

    gateway.release();
    assertThat(server.inFlight()).isZero();
  }

  /**
   * Returns the server's answer to a call that is not answered before its deadline. A machine that
   * stalls for a tenth of a second at that moment is not a fault of the server, so there are
   * several attempts. {@link CallTimeoutTest} tests the rule.
   */
  private StatusRuntimeException answerInTime() {
    Channel plain = server.newChannel();
    StatusRuntimeException error = null;
    for (int i = 0; i < CHANCES && (error == null || hasNoDetails(error)); i++) {
      String openId = "o" + i; // The previous message may still be in flight.
      error =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () ->
                  NotificationServiceGrpc.newBlockingStub(plain)
                      .withInterceptors(new ServerDeadline(DEADLINE))
                      .sendSubscribeMessage(Requests.single(openId)));
    }
    return Objects.requireNonNull(error);
  }

  private static boolean hasNoDetails(StatusRuntimeException error) {
    com.google.rpc.Status status = StatusProto.fromThrowable(error);
    return status == null || status.getDetailsCount() == 0;
  }

  @Test
  void cancel_notWritten_neverWritesIt() throws Exception {
    gateway.go(Until.CALLED);
    var call = server.future().sendSubscribeMessage(Requests.single("o"));
    Attempt attempt = gateway.awaitAttempts(1).get(0);

    call.cancel(true);
    awaitWhatWasSaidBefore();

    assertThat(attempt.write()).isFalse();
    assertThat(server.inFlight()).isZero();
  }

  @Test
  void cancel_written_keepsWhatBecameOfItUnderItsRequestId() throws Exception {
    gateway.go(Until.WRITTEN);
    var call = server.future().sendSubscribeMessage(Requests.single("o", "id"));
    Attempt attempt = gateway.awaitWrites(1).get(0);

    call.cancel(true);
    awaitWhatWasSaidBefore();
    attempt.answer();

    SendSubscribeMessageResponse repeat =
        server.blocking().sendSubscribeMessage(Requests.single("o", "id"));
    assertThat(repeat.getReplayed()).isTrue();
    assertThat(repeat.getMessageId()).isEqualTo(HeldGateway.idOf("o"));
    assertThat(gateway.writes()).hasSize(1);
    assertThat(server.inFlight()).isZero();
  }

  /** When this returns, everything sent on the connection before has arrived at the server. */
  private void awaitWhatWasSaidBefore() {
    server
        .blocking()
        .sendSubscribeMessage(Requests.single("another").toBuilder().setValidateOnly(true).build());
  }

  @Test
  void send_timerTakesNoTasks_isAnInternalErrorThatLeaksAndHoldsNothing() {
    server.breakTimer("secret of the timer");

    assertThatCall(() -> server.blocking().sendSubscribeMessage(Requests.single("o")))
        .isError(Status.Code.INTERNAL, ErrorReason.INTERNAL_ERROR, Outcome.OUTCOME_NOT_SENT)
        .doesNotLeak("secret")
        .doesNotLeak("RejectedExecution");
    assertThat(server.inFlight()).isZero();

    server.repairTimer();
    assertThat(server.blocking().sendSubscribeMessage(Requests.single("o")).getMessageId())
        .isEqualTo(HeldGateway.idOf("o"));
  }

  private static <T> T get(ListenableFuture<T> call) throws Exception {
    return call.get(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** With room for two messages. */
  @Nested
  class WhenFull {
    @RegisterExtension
    final GrpcServerExtension small =
        new GrpcServerExtension(gateway, new Permits(2, 1), new Permits(100, 1));

    @Test
    void send_noRoom_isOverloadedUntilThereIs() throws Exception {
      gateway.go(Until.WRITTEN);
      var first = small.future().sendSubscribeMessage(Requests.single("a"));
      var second = small.future().sendSubscribeMessage(Requests.single("b"));
      gateway.awaitWrites(2);

      assertThatCall(() -> small.blocking().sendSubscribeMessage(Requests.single("c")))
          .isError(Status.Code.RESOURCE_EXHAUSTED, ErrorReason.OVERLOADED, Outcome.OUTCOME_NOT_SENT)
          .retriesAfter(Duration.ofSeconds(1));
      assertThat(gateway.attempts()).hasSize(2);

      gateway.release();
      get(first);
      get(second);
      assertThat(small.blocking().sendSubscribeMessage(Requests.single("c")).getMessageId())
          .isEqualTo(HeldGateway.idOf("c"));
    }

    @Test
    void validateOnly_noRoom_isAnswered() throws Exception {
      gateway.go(Until.WRITTEN);
      var first = small.future().sendSubscribeMessage(Requests.single("a"));
      var second = small.future().sendSubscribeMessage(Requests.single("b"));
      gateway.awaitWrites(2);

      assertThat(
              small
                  .blocking()
                  .sendSubscribeMessage(
                      Requests.single("c").toBuilder().setValidateOnly(true).build()))
          .isEqualTo(SendSubscribeMessageResponse.getDefaultInstance());

      gateway.release();
      get(first);
      get(second);
    }
  }
}
