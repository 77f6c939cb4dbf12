package dev.wxnotify.server.grpc;

import static dev.wxnotify.server.testing.StatusAssert.assertThatCall;
import static dev.wxnotify.server.testing.StatusAssert.assertThatStatus;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import dev.wxnotify.server.grpc.HeldGateway.Until;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.GrpcServerExtension;
import dev.wxnotify.server.testing.TestCallers;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The limits of one caller, over a real connection. */
class CallerLimitsTest {
  /** On one connection: fewer than the server treats as an attack. */
  private static final int MOST_CANCELLED = ConnectionSettings.MAX_RESETS / 2;

  private final HeldGateway gateway = new HeldGateway();

  @RegisterExtension
  final GrpcServerExtension server =
      new GrpcServerExtension(gateway)
          .with(
              settings ->
                  new GrpcServer.Settings(
                      settings.address(),
                      true,
                      null,
                      List.of(
                          caller("small", 2, null),
                          caller("slow", null, 8),
                          caller("slowest", null, 1),
                          caller("greedy", null, 100),
                          caller("free", null, null)),
                      false,
                      ConnectionSettings.DEFAULT));

  private static CallerSettings caller(
      String name, @Nullable Integer maxInFlight, @Nullable Integer maxPerSecond) {
    return TestCallers.caller(name, List.of(sha256(name)), null, maxInFlight, maxPerSecond, false);
  }

  static String sha256(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private Channel as(String caller) {
    return as(caller, server.channel());
  }

  private static Channel as(String caller, Channel channel) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + caller);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  @Test
  void single_beyondItsCallersInFlight_isOverloaded_andOthersAreNot() throws Exception {
    gateway.go(Until.WRITTEN);
    var small = NotificationServiceGrpc.newFutureStub(as("small"));
    var first = small.sendSubscribeMessage(Requests.single("a"));
    var second = small.sendSubscribeMessage(Requests.single("b"));
    gateway.awaitWrites(2);

    assertThatCall(
            () ->
                NotificationServiceGrpc.newBlockingStub(as("small"))
                    .sendSubscribeMessage(Requests.single("c")))
        .isError(Status.Code.RESOURCE_EXHAUSTED, ErrorReason.OVERLOADED, Outcome.OUTCOME_NOT_SENT);

    var ofAnother =
        NotificationServiceGrpc.newFutureStub(as("free"))
            .sendSubscribeMessage(Requests.single("d"));
    gateway.awaitWrites(3);
    gateway.release();
    assertThat(first.get(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS).getMessageId())
        .isEqualTo(HeldGateway.idOf("a"));
    assertThat(second.get(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS).getMessageId())
        .isEqualTo(HeldGateway.idOf("b"));
    assertThat(ofAnother.get(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS).getMessageId())
        .isEqualTo(HeldGateway.idOf("d"));
    assertThat(
            NotificationServiceGrpc.newBlockingStub(as("small"))
                .sendSubscribeMessage(Requests.single("e"))
                .getMessageId())
        .isEqualTo(HeldGateway.idOf("e"));
  }

  @Test
  void batch_beyondItsCallersInFlight_isSlowedAndNotRefused() throws Exception {
    gateway.go(Until.WRITTEN);
    BatchCall batch = BatchCall.open(NotificationServiceGrpc.newStub(as("small")));
    for (int i = 0; i < 50; i++) {
      batch.send(Requests.item("o" + i));
    }
    batch.halfClose();
    gateway.awaitWrites(1);
    // One of its two is reserved for single calls.
    var single =
        NotificationServiceGrpc.newFutureStub(as("small"))
            .sendSubscribeMessage(Requests.single("x"));
    gateway.awaitWrites(2);
    assertThat(gateway.attempts()).hasSize(2);

    gateway.release();

    assertThat(batch.awaitSummary().getAccepted()).isEqualTo(50);
    assertThat(single.get(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS).getMessageId())
        .isEqualTo(HeldGateway.idOf("x"));
  }

  @Test
  void batch_beyondItsCallersRate_isSlowedAndNotRefused() throws Exception {
    long start = System.nanoTime();
    BatchCall batch = BatchCall.open(NotificationServiceGrpc.newStub(as("slow")));
    for (int i = 0; i < 10; i++) {
      batch.send(Requests.item("o" + i));
    }
    batch.halfClose();

    assertThat(batch.awaitSummary().getAccepted()).isEqualTo(10);
    assertThat(System.nanoTime() - start)
        .as("six at once, and four at eight a second")
        .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(500));
  }

  @Test
  void single_beyondItsCallersRate_hearsWhenToCome() {
    int calls = 100;
    List<StatusRuntimeException> refusals = refusals(calls, "slow");

    assertThat(calls - refusals.size()).as("admitted").isBetween(8, 99);
    assertThat(refusals)
        .allSatisfy(
            refusal ->
                assertThatStatus(refusal)
                    .isError(
                        Status.Code.RESOURCE_EXHAUSTED,
                        ErrorReason.OVERLOADED,
                        Outcome.OUTCOME_NOT_SENT));
  }

  /** The caller's single calls use up its rate; its streams get their quarter all the same. */
  @Test
  void batches_besideSingleCallsOfTheirCaller_haveTheirShareEach() throws Exception {
    int streams = 10;
    int messages = 60;
    while (refusals(200, "greedy").isEmpty()) {
      // What it has saved is used up.
    }
    List<BatchCall> batches = new ArrayList<>();
    for (int i = 0; i < streams; i++) {
      BatchCall batch = BatchCall.open(NotificationServiceGrpc.newStub(as("greedy")));
      batches.add(batch);
      for (int item = 0; item < 100; item++) {
        batch.send(Requests.item("item-" + i + "-" + item));
      }
    }
    awaitWhatWasSaidBefore(server.channel());
    AtomicInteger refused = new AtomicInteger();
    AtomicBoolean enough = new AtomicBoolean();
    CompletableFuture<Void> singles =
        CompletableFuture.runAsync(
            () -> {
              while (!enough.get()) {
                refused.addAndGet(refusals(20, "greedy").size());
              }
            });
    Await.until("single calls take all that they get", () -> refused.get() > 0);

    int before = gateway.writes().size();
    gateway.awaitWrites(before + messages);
    enough.set(true);
    Await.result(singles);
    batches.forEach(BatchCall::cancel);

    List<String> written =
        gateway.writes().stream()
            .skip(before)
            .limit(messages)
            .map(CallerLimitsTest::recipient)
            .toList();
    List<String> items = written.stream().filter(to -> to.startsWith("item-")).toList();
    assertThat(items.size())
        .as("an item after at most three single calls")
        .isBetween(messages / (RateLimit.SINGLES_IN_A_ROW + 1) - 2, messages - 1);
    assertThat(items.stream().limit(streams + 2).map(to -> to.replaceAll("-\\d+$", "")))
        .as("streams that had a turn")
        .containsAll(IntStream.range(0, streams).mapToObj(i -> "item-" + i).toList());
  }

  /**
   * Makes so many single calls at once, and returns the errors of those that were refused. Calls
   * one after the other would take no more than comes back during each, if a call takes long.
   */
  private List<StatusRuntimeException> refusals(int calls, String caller) {
    var stub = NotificationServiceGrpc.newFutureStub(as(caller));
    List<ListenableFuture<SendSubscribeMessageResponse>> answers = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      answers.add(stub.sendSubscribeMessage(Requests.single("single")));
    }
    List<StatusRuntimeException> refusals = new ArrayList<>();
    for (ListenableFuture<SendSubscribeMessageResponse> each : answers) {
      try {
        assertThat(each.get(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS).getMessageId())
            .isNotEmpty();
      } catch (ExecutionException e) {
        var refusal = (StatusRuntimeException) Objects.requireNonNull(e.getCause());
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        refusals.add(refusal);
      } catch (InterruptedException | TimeoutException e) {
        throw new AssertionError("no answer", e);
      }
    }
    return refusals;
  }

  private static String recipient(HeldGateway.Attempt attempt) {
    return attempt.message().openId();
  }

  /** A stream that is cut while an item waits releases everything. */
  @Test
  void batch_cancelledWhileItWaits_givesEverythingBack() throws Exception {
    gateway.go(Until.WRITTEN);
    BatchCall batch = BatchCall.open(NotificationServiceGrpc.newStub(as("small")));
    batch.send(Requests.item("a"), Requests.item("b"), Requests.item("c"));
    gateway.awaitWrites(1);
    batch.cancel();
    gateway.release();

    BatchCall next = BatchCall.open(NotificationServiceGrpc.newStub(as("small")));
    next.send(Requests.item("d"), Requests.item("e")).halfClose();

    assertThat(next.awaitSummary().getAccepted()).isEqualTo(2);
  }

  /**
   * At one message a second they would have cost minutes, and held more than a small heap, with
   * {@code -Xmx128m -Dwxnotify.test.cancelled-streams=100000}.
   */
  @Test
  void manyStreamsCancelled_whileTheyWait_costTheNextNothing() throws Exception {
    int streams = Integer.getInteger("wxnotify.test.cancelled-streams", 1_000);
    BatchSendRequest large =
        BatchSendRequest.newBuilder()
            .setSubscribeMessage(
                Requests.item("gone").getSubscribeMessage().toBuilder()
                    .putData("enum_string9", "x".repeat(10_000)))
            .build();
    for (int begun = 0; begun < streams; begun += MOST_CANCELLED) {
      ManagedChannel connection = server.newChannel();
      for (int i = 0; i < Math.min(streams - begun, MOST_CANCELLED); i += 50) {
        cancelWhileTheyWait(connection, large);
      }
      connection.shutdownNow();
    }

    BatchCall honest =
        BatchCall.open(NotificationServiceGrpc.newStub(as("slowest")))
            .send(Requests.item("honest"))
            .halfClose();

    assertThat(honest.awaitSummary().getAccepted()).isEqualTo(1);
  }

  private static void cancelWhileTheyWait(Channel connection, BatchSendRequest item) {
    List<BatchCall> calls = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      calls.add(
          BatchCall.open(NotificationServiceGrpc.newStub(as("slowest", connection))).send(item));
    }
    awaitWhatWasSaidBefore(connection);
    calls.forEach(BatchCall::cancel);
    awaitWhatWasSaidBefore(connection);
  }

  /** When this returns, everything sent on the connection before has arrived at the server. */
  private static void awaitWhatWasSaidBefore(Channel connection) {
    NotificationServiceGrpc.newBlockingStub(as("free", connection))
        .sendSubscribeMessage(Requests.single("x").toBuilder().setValidateOnly(true).build());
  }

  @Test
  void classCannotBeLoaded_callersPermitsAreGivenBack() throws Exception {
    var small = NotificationServiceGrpc.newBlockingStub(as("small"));
    small.sendSubscribeMessage(Requests.single("first"));
    server.breakTimer(new NoClassDefFoundError("with a secret"));
    for (int i = 0; i < 5; i++) {
      String openId = "o" + i;
      assertThatCall(() -> small.sendSubscribeMessage(Requests.single(openId)))
          .isError(Status.Code.INTERNAL, ErrorReason.INTERNAL_ERROR, Outcome.OUTCOME_NOT_SENT)
          .doesNotLeak("secret");
    }
    BatchCall batch = BatchCall.open(NotificationServiceGrpc.newStub(as("small")));
    batch.send(Requests.item("a"), Requests.item("b"), Requests.item("c"));
    batch.awaitResults(3);

    server.repairTimer();

    batch.send(Requests.item("d")).halfClose();
    assertThat(batch.awaitSummary().getErrorsByReasonMap())
        .containsExactly(Map.entry("INTERNAL_ERROR", 3L));
    assertThat(small.sendSubscribeMessage(Requests.single("e")).getMessageId())
        .isEqualTo(HeldGateway.idOf("e"));
  }
}
