package dev.wxnotify.server.grpc;

import static dev.wxnotify.server.testing.StatusAssert.assertThatStatus;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wxnotify.server.grpc.HeldGateway.Until;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.GrpcServerExtension;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A call ends even if a fault of the server prevents its answer. */
class AnswerFaultTest {
  private final HeldGateway gateway = new HeldGateway();

  @RegisterExtension
  final GrpcServerExtension server = new GrpcServerExtension(gateway).observedBy(new Breaker());

  /** Makes gRPC fail when an answer is sent. */
  private static final class Breaker implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      return next.startCall(
          new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendMessage(R message) {
              throw new NoClassDefFoundError("with a secret");
            }
          },
          headers);
    }
  }

  @Test
  void send_answeredLater_isInternalErrorAtOnce() throws Exception {
    gateway.go(Until.WRITTEN);
    Future<?> answer = send(Requests.single("o"));
    Await.until("the message is written", () -> gateway.writes().size() == 1);

    gateway.attempts().get(0).answer();

    assertIsInternalError(answer);
  }

  @Test
  void send_answeredOnTheSpot_isInternalErrorAtOnce() {
    assertIsInternalError(send(Requests.single("o").toBuilder().setValidateOnly(true).build()));
  }

  private Future<?> send(SendSubscribeMessageRequest request) {
    return NotificationServiceGrpc.newFutureStub(server.channel()).sendSubscribeMessage(request);
  }

  private static void assertIsInternalError(Future<?> answer) {
    ExecutionException failed =
        catchThrowableOfType(
            ExecutionException.class,
            () -> answer.get(Await.LONGEST.toSeconds(), TimeUnit.SECONDS));
    assertThatStatus((StatusRuntimeException) Objects.requireNonNull(failed.getCause()))
        .isError(Status.Code.INTERNAL, ErrorReason.INTERNAL_ERROR, Outcome.OUTCOME_UNKNOWN)
        .doesNotLeak("secret");
  }
}
