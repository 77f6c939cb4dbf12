package dev.wxnotify.server.grpc;

import static dev.wxnotify.server.testing.StatusAssert.assertThatStatus;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.grpc.HeldGateway.Attempt;
import dev.wxnotify.server.grpc.HeldGateway.Until;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.GrpcServerExtension;
import dev.wxnotify.server.testing.ServerDeadline;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSummary;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams over a real connection; BatchStreamTest covers the steps of one stream. */
class BatchSendTest {
  private static final Duration DEADLINE = Duration.ofSeconds(2);
  private static final int CHANCES = 5;
  private static final int MANY = 5_000;

  private final HeldGateway gateway = new HeldGateway();

  @RegisterExtension final GrpcServerExtension server = new GrpcServerExtension(gateway);

  @Test
  void batch_noItems_endsWithAnEmptySummary() throws Exception {
    BatchCall call = BatchCall.open(server.async()).halfClose();

    assertThat(call.awaitSummary()).isEqualTo(BatchSummary.getDefaultInstance());
  }

  @Test
  void batch_everyKindOfItem_answersEachOnce() throws Exception {
    gateway.scriptFor(
        "refuses",
        new Answer.Rejected(
            Rejected.Reason.USER_NOT_SUBSCRIBED, new WeChatError(43101, "refused", ""), List.of()));

    BatchCall call =
        BatchCall.open(server.async())
            .send(
                Requests.item("a", "id"),
                Requests.seckillItem("b"),
                Requests.item("refuses"),
                Requests.item(""),
                BatchSendRequest.getDefaultInstance(),
                Requests.item("c").toBuilder().setValidateOnly(true).build(),
                Requests.item("a", "id"))
            .halfClose();

    BatchSummary summary = call.awaitSummary();
    assertThat(call.results())
        .extracting(BatchItemResult::getIndex, BatchItemResult::getRequestId)
        .hasSize(7)
        .doesNotHaveDuplicates();
    assertThat(summary.getAccepted()).isEqualTo(4);
    assertThat(summary.getRejected()).isEqualTo(3);
    assertThat(summary.getReplayed()).isEqualTo(1);
    assertThat(summary.getErrorsByReasonMap())
        .containsOnly(Map.entry("INVALID_REQUEST", 2L), Map.entry("USER_NOT_SUBSCRIBED", 1L));
  }

  @Test
  void batch_thousandsOfItems_answersEachOnce() throws Exception {
    BatchCall call = BatchCall.open(server.async());
    for (int i = 0; i < MANY; i++) {
      call.send(Requests.item("o" + i, "id" + i));
    }
    call.halfClose();

    assertThat(call.awaitSummary().getAccepted()).isEqualTo(MANY);
    assertEachOnce(call, MANY);
    assertThat(call.results())
        .allMatch(result -> result.getRequestId().equals("id" + result.getIndex()))
        .allMatch(
            result -> result.getMessageId().equals(HeldGateway.idOf("o" + result.getIndex())));
    assertThat(server.inFlight()).isZero();
  }

  @Test
  void batch_thousandsOfItemsForOneRecipient_answersEachOnce() throws Exception {
    BatchCall call = BatchCall.open(server.async());
    for (int i = 0; i < MANY; i++) {
      call.send(Requests.item("same"));
    }
    call.halfClose();

    assertThat(call.awaitSummary().getAccepted()).isEqualTo(MANY);
    assertEachOnce(call, MANY);
  }

  @Test
  void batch_weChatAnswersOnManyThreads_answersEachOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      gateway.workOn(threads);
      BatchCall call = BatchCall.open(server.async());
      for (int i = 0; i < MANY; i++) {
        call.send(Requests.item("o" + i));
      }
      call.halfClose();

      assertThat(call.awaitSummary().getAccepted()).isEqualTo(MANY);
      assertEachOnce(call, MANY);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void assertEachOnce(BatchCall call, int items) {
    assertThat(call.results())
        .extracting(BatchItemResult::getIndex)
        .containsExactlyInAnyOrder(LongStream.range(0, items).boxed().toArray(Long[]::new));
  }

  @Test
  void batch_sentAgain_replaysWhatIsDoneAndSendsTheRest() throws Exception {
    BatchCall first = BatchCall.open(server.async()).send(Requests.item("a", "id-a"));
    first.awaitResults(1);
    first.cancel();

    BatchCall again =
        BatchCall.open(server.async())
            .send(Requests.item("a", "id-a"), Requests.item("b", "id-b"))
            .halfClose();

    BatchSummary summary = again.awaitSummary();
    assertThat(summary.getAccepted()).isEqualTo(2);
    assertThat(summary.getReplayed()).isEqualTo(1);
    assertThat(gateway.writes()).hasSize(2);
  }

  @Test
  void batch_halfClosedWithItemsUnderWay_waitsForThem() throws Exception {
    gateway.go(Until.WRITTEN);
    BatchCall call =
        BatchCall.open(server.async()).send(Requests.item("a"), Requests.item("b")).halfClose();
    List<Attempt> attempts = gateway.awaitWrites(2);

    attempts.get(1).answer();
    assertThat(call.awaitResults(1).get(0).getIndex()).isEqualTo(1);
    assertThat(call.isOver()).isFalse();
    attempts.get(0).answer();

    assertThat(call.awaitSummary().getAccepted()).isEqualTo(2);
  }

  @Test
  void batch_resultIsThere_isSentWithoutWaitingForOthers() throws Exception {
    BatchCall call = BatchCall.open(server.async());

    for (int i = 0; i < 3; i++) {
      call.send(Requests.item("o" + i));
      assertThat(call.awaitResults(i + 1)).hasSize(i + 1);
    }

    assertThat(call.isOver()).isFalse();
    call.halfClose().awaitSummary();
  }

  @Test
  void batch_noneIsAnswered_readsNoMoreThanTheWindow() throws Exception {
    gateway.go(Until.WRITTEN);
    BatchCall call = BatchCall.open(server.async());
    for (int i = 0; i < MANY; i++) {
      call.send(Requests.item("o" + i));
    }
    call.halfClose();

    gateway.awaitWrites(BatchStream.WINDOW);
    awaitStandstill();
    assertThat(gateway.writes()).hasSize(BatchStream.WINDOW);
    assertThat(server.inFlight()).isEqualTo(BatchStream.WINDOW);

    gateway.release();
    assertThat(call.awaitSummary().getAccepted()).isEqualTo(MANY);
  }

  @Test
  void batch_callerDoesNotRead_isNotReadFromAndHindersNobody() throws Exception {
    int items = 30_000;
    // Only what fits into the connection's buffers counts as read.
    int connectionWindow = 64 * 1024;
    int serverBuffer = 32 * 1024;
    BatchSendRequest item = Requests.item("o", "");
    int smallestResult = 20;
    int most = BatchStream.WINDOW + (connectionWindow + 2 * serverBuffer) / smallestResult;
    ManagedChannel narrow = server.newChannel(connectionWindow);
    BatchCall stalled = BatchCall.open(NotificationServiceGrpc.newStub(narrow), 0);
    for (int i = 0; i < items; i++) {
      stalled.send(item);
    }
    stalled.halfClose();

    gateway.awaitWrites(BatchStream.WINDOW);
    int read = awaitStandstill();
    assertThat(read).isLessThan(most);
    assertThat(stalled.responses()).isEmpty();

    BatchCall other =
        BatchCall.open(NotificationServiceGrpc.newStub(narrow))
            .send(Requests.item("a"), Requests.item("b"))
            .halfClose();
    assertThat(other.awaitSummary().getAccepted()).isEqualTo(2);
    assertThat(gateway.writes().size()).as("what the buffers hold, still").isLessThan(most + 2);

    stalled.request(Integer.MAX_VALUE);
    assertThat(stalled.awaitSummary().getAccepted()).isEqualTo(items);
    assertEachOnce(stalled, items);
  }

  /**
   * Waits until nothing more is written, while other calls use the server's threads, and returns
   * how much was written.
   */
  private int awaitStandstill() {
    int before;
    int now = gateway.writes().size();
    do {
      before = now;
      for (int i = 0; i < 50; i++) {
        server
            .blocking()
            .sendSubscribeMessage(
                Requests.single("other").toBuilder().setValidateOnly(true).build());
      }
      now = gateway.writes().size();
    } while (now != before);
    return now;
  }

  @Test
  void cancel_itemsAreUnderWay_writesNothingMoreAndFreesEveryPermit() throws Exception {
    gateway.go(Until.CALLED);
    BatchCall call = BatchCall.open(server.async());
    call.send(Requests.item("written"), Requests.item("held"));
    List<Attempt> attempts = gateway.awaitAttempts(2);
    assertThat(attempts.get(0).write()).isTrue();

    call.cancel();
    awaitStandstill();

    assertThat(attempts.get(1).write()).isFalse();
    assertThat(server.inFlight()).as("what was written is awaited").isEqualTo(1);
    attempts.get(0).answer();
    assertThat(server.inFlight()).isZero();
    assertThat(call.awaitEnd().getCode()).isEqualTo(Status.Code.CANCELLED);
  }

  @Test
  void deadline_halfClosed_answersEveryItemInTimeAndEndsWithOk() throws Exception {
    gateway.go(Until.CALLED);

    BatchCall call = endInTime(true);

    assertThat(call.awaitEnd().getCode()).isEqualTo(Status.Code.OK);
    assertThat(call.summary().getNotSent()).isEqualTo(2);
    assertThat(gateway.attempts()).noneMatch(Attempt::write);
  }

  @Test
  void deadline_notHalfClosed_answersEveryItemInTimeAndFails() throws Exception {
    gateway.go(Until.WRITTEN);

    BatchCall call = endInTime(false);

    assertThatStatus(call.awaitError())
        .isError(
            Status.Code.DEADLINE_EXCEEDED,
            ErrorReason.DEADLINE_BEFORE_SEND,
            Outcome.OUTCOME_NOT_SENT);
    assertThat(call.summary().getUnknown()).isEqualTo(2);
  }

  /**
   * Returns a stream of two items that ended by its deadline. A machine that stalls for a tenth of
   * a second at that moment is not a fault of the server, so there are several attempts. {@link
   * CallTimeoutTest} tests the rule.
   */
  private BatchCall endInTime(boolean halfClose) throws InterruptedException {
    ManagedChannel plain = server.newChannel();
    BatchCall call = null;
    for (int i = 0; i < CHANCES && (call == null || call.responses().size() < 3); i++) {
      call =
          BatchCall.open(
                  NotificationServiceGrpc.newStub(plain)
                      .withInterceptors(new ServerDeadline(DEADLINE)))
              .send(Requests.item("a" + i), Requests.item("b" + i));
      if (halfClose) {
        call.halfClose();
      }
      call.awaitEnd();
    }
    return Objects.requireNonNull(call);
  }

  @Test
  void batch_handlerBreaks_endsWithAnInternalErrorThatLeaksNothing() throws Exception {
    server.breakTimer("secret of the timer");

    BatchCall call =
        BatchCall.open(
            server.async().withDeadlineAfter(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS));

    assertThatStatus(call.awaitError())
        .isError(Status.Code.INTERNAL, ErrorReason.INTERNAL_ERROR, Outcome.OUTCOME_UNKNOWN)
        .doesNotLeak("secret");
  }

  @Test
  void batch_timerTakesNoTasks_answersThatItemAndGoesOn() throws Exception {
    BatchCall call = BatchCall.open(server.async()).send(Requests.item("before"));
    call.awaitResults(1);

    server.breakTimer("secret of the timer");
    call.send(Requests.item("broken-1"), Requests.item("broken-2"));
    List<BatchItemResult> broken = call.awaitResults(3).subList(1, 3);
    server.repairTimer();
    call.send(Requests.item("after")).halfClose();

    assertThat(broken)
        .allSatisfy(
            result -> {
              assertThat(result.getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_SENT);
              assertThat(result.getError().getReason()).isEqualTo(ErrorReason.INTERNAL_ERROR);
              assertThat(result.toString()).doesNotContain("secret");
            });
    assertThat(call.awaitSummary().getAccepted()).isEqualTo(2);
    assertThat(server.inFlight()).isZero();
  }

  /** With room for three messages, of which batches may use two. */
  @Nested
  class WhenFull {
    @RegisterExtension
    final GrpcServerExtension small =
        new GrpcServerExtension(gateway, new Permits(3, 1), new Permits(100, 1));

    @Test
    void batch_noRoom_waitsAndLetsSinglesThrough() throws Exception {
      gateway.go(Until.WRITTEN);
      BatchCall call = BatchCall.open(small.async());
      for (int i = 0; i < 10; i++) {
        call.send(Requests.item("o" + i));
      }
      call.halfClose();
      gateway.awaitWrites(2);

      var single = small.future().sendSubscribeMessage(Requests.single("single"));
      Attempt ofSingle = gateway.awaitWrites(3).get(2);
      assertThat(ofSingle.message().openId()).isEqualTo("single");
      ofSingle.answer();
      assertThat(single.get(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS).getMessageId())
          .isEqualTo(HeldGateway.idOf("single"));
      assertThat(call.responses()).isEmpty();

      gateway.release();
      assertThat(call.awaitSummary().getAccepted()).isEqualTo(10);
      assertThat(small.inFlight()).isZero();
    }

    @Test
    void batch_cancelledWhileItWaits_leavesThePlaceToOthers() throws Exception {
      gateway.go(Until.WRITTEN);
      BatchCall first = BatchCall.open(small.async()).send(Requests.item("a"), Requests.item("b"));
      gateway.awaitWrites(2);
      BatchCall waiting = BatchCall.open(small.async()).send(Requests.item("c"));
      BatchCall next = BatchCall.open(small.async()).send(Requests.item("d")).halfClose();

      waiting.cancel();
      waiting.awaitEnd();
      small
          .blocking()
          .sendSubscribeMessage(Requests.single("x").toBuilder().setValidateOnly(true).build());
      gateway.release();

      assertThat(next.awaitSummary().getAccepted()).isEqualTo(1);
      assertThat(first.halfClose().awaitSummary().getAccepted()).isEqualTo(2);
      assertThat(gateway.writes())
          .extracting(write -> write.message().openId())
          .containsExactly("a", "b", "d");
      assertThat(small.inFlight()).isZero();
    }
  }
}
