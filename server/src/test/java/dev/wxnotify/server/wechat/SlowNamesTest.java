package dev.wxnotify.server.wechat;

import static dev.wxnotify.server.testing.StatusAssert.assertThatStatus;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.util.concurrent.ListenableFuture;
import dev.wxnotify.server.delivery.MessageGateway;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.GrpcServerExtension;
import dev.wxnotify.server.testing.ServerDeadline;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import dev.wxnotify.v1.SubscribeMessage;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A server whose look-ups of one name get no answer, with callers and WeChat on the same event
 * loops. Messages whose open id begins with {@link #SLOW} go to that name, all others to an
 * address.
 */
class SlowNamesTest {
  private static final String SLOW = "slow-";

  /**
   * More than the event loops, which accept new connections in turn: so each loop has at least one.
   */
  private static final int CONNECTIONS = 6;

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORTEST_DEADLINE = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final ScriptedNames names = new ScriptedNames();
  private @Nullable RawHttpServer weChat;
  private @Nullable WeChatHttpClient slow;
  private @Nullable WeChatHttpClient quick;
  private MessageGateway gateway =
      (message, token, gate) -> {
        throw new AssertionError("not set up");
      };

  @RegisterExtension
  final GrpcServerExtension server =
      new GrpcServerExtension((message, token, gate) -> gateway.send(message, token, gate));

  @BeforeEach
  void setUp() throws Exception {
    weChat =
        RawHttpServer.start(RawHttpServer.json("{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":1}"));
    slow = client(URI.create("http://slow.test:1"));
    quick = client(weChat.url());
    MessageGateway toName = new WeChatMessageGateway(TestRoutes.by(slow));
    MessageGateway toAddress = new WeChatMessageGateway(TestRoutes.by(quick));
    gateway =
        (message, token, gate) ->
            (message.openId().startsWith(SLOW) ? toName : toAddress).send(message, token, gate);
  }

  private WeChatHttpClient client(URI url) {
    return new WeChatHttpClient(
        new WeChatHttpClient.Settings(url, null, LONG, LONG, 64, LONG), server.loops(), names);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : new AutoCloseable[] {slow, quick, weChat}) {
      each.close();
    }
  }

  @Test
  void nameNotAnswered_delaysOnlyTheMessagesThatNeedIt() throws Exception {
    List<ManagedChannel> callers = new ArrayList<>();
    List<ListenableFuture<SendSubscribeMessageResponse>> waiting = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      ManagedChannel caller = server.newChannel();
      callers.add(caller);
      waiting.add(
          NotificationServiceGrpc.newFutureStub(caller)
              .sendSubscribeMessage(request(SLOW + "waits-" + i)));
      Await.until("the look-up", () -> names.asked().size() == callers.size());
    }

    for (ManagedChannel caller : callers) {
      assertHealthy(caller);
      assertThat(blocking(caller).sendSubscribeMessage(request("quick")).getMessageId())
          .isEqualTo("1");
      assertThat(outcomes(caller, "quick-1", SLOW + "of-a-stream", "quick-2"))
          .containsExactly(Outcome.OUTCOME_ACCEPTED, Outcome.OUTCOME_ACCEPTED);
      assertEndsAtItsDeadline(caller);
    }

    assertThat(waiting).allSatisfy(each -> assertThat(each).isNotDone());
  }

  private static NotificationServiceGrpc.NotificationServiceBlockingStub blocking(
      ManagedChannel caller) {
    return NotificationServiceGrpc.newBlockingStub(caller)
        .withDeadlineAfter(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void assertHealthy(ManagedChannel caller) {
    assertThat(
            HealthGrpc.newBlockingStub(caller)
                .withDeadlineAfter(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);
  }

  /**
   * The server answers a twentieth of the time before the deadline. A machine that stalls for so
   * long is not a fault of the server; then the call ends without details, and another one has more
   * time.
   */
  private static void assertEndsAtItsDeadline(ManagedChannel caller) {
    StatusRuntimeException late = endsWithin(caller, SHORTEST_DEADLINE);
    for (Duration longer = SHORTEST_DEADLINE.multipliedBy(2);
        hasNoDetails(late) && longer.compareTo(LONGEST) < 0;
        longer = longer.multipliedBy(2)) {
      late = endsWithin(caller, longer);
    }
    assertThatStatus(late)
        .isError(
            Status.Code.DEADLINE_EXCEEDED,
            ErrorReason.DEADLINE_BEFORE_SEND,
            Outcome.OUTCOME_NOT_SENT);
  }

  private static boolean hasNoDetails(StatusRuntimeException error) {
    com.google.rpc.Status status = StatusProto.fromThrowable(error);
    return status == null || status.getDetailsCount() == 0;
  }

  private static StatusRuntimeException endsWithin(ManagedChannel caller, Duration deadline) {
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () ->
            NotificationServiceGrpc.newBlockingStub(caller)
                .withInterceptors(new ServerDeadline(deadline))
                .sendSubscribeMessage(request(SLOW + "within-" + deadline.toMillis())));
  }

  /** Returns the first outcomes of a running stream: all except that of the slow message. */
  private static List<Outcome> outcomes(ManagedChannel caller, String... openIds) throws Exception {
    List<Outcome> heard = new ArrayList<>();
    CompletableFuture<List<Outcome>> all = new CompletableFuture<>();
    StreamObserver<BatchSendRequest> stream =
        NotificationServiceGrpc.newStub(caller)
            .batchSend(
                new StreamObserver<>() {
                  @Override
                  public void onNext(BatchSendResponse response) {
                    heard.add(response.getResult().getOutcome());
                    if (heard.size() == openIds.length - 1) {
                      all.complete(heard);
                    }
                  }

                  @Override
                  public void onError(Throwable fault) {
                    all.completeExceptionally(fault);
                  }

                  @Override
                  public void onCompleted() {
                    all.completeExceptionally(new AssertionError("the stream ended"));
                  }
                });
    for (String each : openIds) {
      stream.onNext(BatchSendRequest.newBuilder().setSubscribeMessage(message(each)).build());
    }
    return Await.result(all);
  }

  private static SendSubscribeMessageRequest request(String openId) {
    return SendSubscribeMessageRequest.newBuilder().setMessage(message(openId)).build();
  }

  private static SubscribeMessage message(String openId) {
    return SubscribeMessage.newBuilder()
        .setOpenId(openId)
        .setTemplateId("template-1")
        .putData("thing1", "x")
        .build();
  }
}
