package dev.wxnotify.server.grpc;

import static dev.wxnotify.server.testing.StatusAssert.assertThatStatus;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.util.concurrent.ListenableFuture;
import dev.wxnotify.server.grpc.HeldGateway.Until;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.GrpcServerExtension;
import dev.wxnotify.server.testing.RawHttp2;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A stop ends with the last answer, whatever callers do with their connections: the grace period is
 * an hour here, and no test waits for it. With a short grace period, every caller receives the true
 * outcome.
 */
class StopAtGrpcTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final String BATCH = "/wxnotify.v1.NotificationService/BatchSend";

  private final HeldGateway gateway = new HeldGateway();

  @RegisterExtension final GrpcServerExtension server = new GrpcServerExtension(gateway);

  private CompletableFuture<Boolean> stop(Duration grace) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return server.stop(grace);
          } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts this thread", e);
          }
        },
        task -> new Thread(task, "stopping").start());
  }

  private static boolean ended(CompletableFuture<Boolean> stop) throws Exception {
    return Await.result(stop);
  }

  /** Like clients other than grpc-java: their half of the stream stays open. */
  @Test
  void batchOfAClientThatNeverHalfCloses_stopEndsWithTheLastAnswer() throws Exception {
    gateway.go(Until.WRITTEN);
    try (RawHttp2 client = RawHttp2.open(server.port())) {
      client
          .frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.headers(BATCH))
          .frame(RawHttp2.DATA, 0, 1, message(Requests.item("a")))
          .flush();
      gateway.awaitWrites(1);

      CompletableFuture<Boolean> stop = stop(LONG);
      assertThat(client.readUntil(RawHttp2.GOAWAY)).isTrue();
      assertThat(stop).isNotDone();
      gateway.release();

      assertThat(ended(stop)).isTrue();
      assertThat(client.readUntil(RawHttp2.DATA)).as("its result").isTrue();
    }
  }

  @Test
  void streamWithNothingUnderWay_stopEndsAtOnce() throws Exception {
    try (RawHttp2 idle = RawHttp2.open(server.port());
        RawHttp2 neverCalls = RawHttp2.open(server.port())) {
      idle.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.headers(BATCH)).flush();
      assertThat(neverCalls.readUntil(RawHttp2.SETTINGS)).isTrue();
      BatchCall another = BatchCall.open(server.async()).send(Requests.item("a"));
      another.awaitResults(1);

      assertThat(ended(stop(LONG))).isTrue();

      assertThatStatus(another.awaitError())
          .isError(Status.Code.UNAVAILABLE, ErrorReason.SERVER_STOPPING, Outcome.OUTCOME_NOT_SENT);
    }
  }

  @Test
  void watchOfHealth_doesNotHoldTheStop() throws Exception {
    CompletableFuture<HealthCheckResponse> first = new CompletableFuture<>();
    HealthGrpc.newStub(server.newChannel())
        .watch(
            HealthCheckRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(HealthCheckResponse response) {
                first.complete(response);
              }

              @Override
              public void onError(Throwable cut) {}

              @Override
              public void onCompleted() {}
            });
    Await.result(first);

    assertThat(ended(stop(LONG))).isTrue();
  }

  @Test
  void callerThatDoesNotRead_doesNotHoldTheStop() throws Exception {
    ManagedChannel narrow = server.newChannel(1_024);
    BatchCall call = BatchCall.open(NotificationServiceGrpc.newStub(narrow), 0);
    for (int i = 0; i < 1_000; i++) {
      call.send(Requests.item("o" + i + "x".repeat(50)));
    }
    gateway.awaitWrites(500);

    assertThat(ended(stop(LONG))).isTrue();
  }

  @Test
  void unary_whenTheGraceIsOver_hearsTheTruthWithDetails() throws Exception {
    gateway.go(Until.WRITTEN);
    ListenableFuture<SendSubscribeMessageResponse> written = send("written");
    gateway.awaitWrites(1);
    gateway.go(Until.CALLED);
    ListenableFuture<SendSubscribeMessageResponse> held = send("held");
    gateway.awaitAttempts(2);

    CompletableFuture<Boolean> stop = stop(SHORT);

    assertThatStatus(error(written))
        .isError(Status.Code.UNKNOWN, ErrorReason.OUTCOME_UNKNOWN, Outcome.OUTCOME_UNKNOWN);
    assertThatStatus(error(held))
        .isError(Status.Code.UNAVAILABLE, ErrorReason.SERVER_STOPPING, Outcome.OUTCOME_NOT_SENT);
    assertThat(ended(stop)).isTrue();
    assertThat(gateway.attempts().get(1).write()).as("it may go out now").isFalse();
  }

  @Test
  void batch_whenTheGraceIsOver_hearsTheTruthWithDetails() throws Exception {
    gateway.go(Until.WRITTEN);
    BatchCall call = BatchCall.open(server.async()).send(Requests.item("written"));
    gateway.awaitWrites(1);

    CompletableFuture<Boolean> stop = stop(SHORT);

    assertThat(call.awaitResults(1).get(0).getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
    assertThatStatus(call.awaitError())
        .isError(Status.Code.UNAVAILABLE, ErrorReason.SERVER_STOPPING, Outcome.OUTCOME_NOT_SENT);
    assertThat(ended(stop)).isTrue();
  }

  /** Its deadline is far beyond the grace period. */
  private ListenableFuture<SendSubscribeMessageResponse> send(String openId) {
    return server
        .future()
        .withDeadlineAfter(1, TimeUnit.HOURS)
        .sendSubscribeMessage(Requests.single(openId));
  }

  private static StatusRuntimeException error(ListenableFuture<?> call) {
    ExecutionException failure =
        catchThrowableOfType(
            ExecutionException.class,
            () -> call.get(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS));
    assertThat(failure).isNotNull();
    return (StatusRuntimeException) Objects.requireNonNull(failure.getCause());
  }

  /** A message in gRPC's framing. */
  private static byte[] message(BatchSendRequest item) {
    byte[] bytes = item.toByteArray();
    return ByteBuffer.allocate(5 + bytes.length)
        .put((byte) 0)
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }
}
