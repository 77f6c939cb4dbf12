package dev.wxnotify.server.grpc;

import static dev.wxnotify.server.testing.StatusAssert.assertThatStatus;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.wxnotify.server.delivery.Admission;
import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.MessageSender;
import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.delivery.RetryPolicy;
import dev.wxnotify.server.delivery.SubscriptionCheck;
import dev.wxnotify.server.grpc.HeldGateway.Attempt;
import dev.wxnotify.server.grpc.HeldGateway.Until;
import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.testing.Concurrently;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeScheduler;
import dev.wxnotify.server.testing.TestApps;
import dev.wxnotify.server.testing.TestLedgers;
import dev.wxnotify.server.token.InMemoryTokenStore;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.TokenCache;
import dev.wxnotify.server.token.TokenListener;
import dev.wxnotify.server.token.TokenPolicy;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSummary;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.assertj.core.groups.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One stream with a scripted caller, on a fake clock. */
class BatchStreamTest {
  private static final Duration STREAM_DEADLINE = Duration.ofSeconds(5);
  private static final Duration LONGER_THAN_ANY_DEADLINE = Duration.ofMinutes(1);

  private final FakeClock clock = new FakeClock();
  private final FakeScheduler timer = new FakeScheduler(clock);
  private final HeldGateway gateway = new HeldGateway();
  private final List<FakeCaller> callers = new ArrayList<>();
  private final List<BatchStream> over = new CopyOnWriteArrayList<>();
  private Permits inFlight = new Permits(100_000, 1);

  @AfterEach
  void callersSawNoOffence() {
    callers.forEach(FakeCaller::assertRulesWereKept);
  }

  @Test
  void open_nothingArrived_asksForOneItem() {
    Stream stream = open();

    assertThat(stream.caller.requested()).isEqualTo(1);
    assertThat(stream.caller.responses()).isEmpty();
  }

  @Test
  void onCompleted_noItems_sendsAnEmptySummary() {
    Stream stream = open();

    stream.halfClose();

    assertThat(stream.caller.summary()).isEqualTo(BatchSummary.getDefaultInstance());
    assertThat(stream.caller.isCompleted()).isTrue();
  }

  @Test
  void onNext_everyKindOfItem_answersEachOnceAndCountsThem() {
    gateway.scriptFor("unknown", new Answer.NoAnswer("lost"));
    Stream stream = open();

    stream.send(
        Requests.item("accepted", "id-0"),
        Requests.seckillItem("seckill"),
        Requests.item("", "id-2"),
        BatchSendRequest.newBuilder().setRequestId("id-3").build(),
        Requests.item("validated").toBuilder().setValidateOnly(true).build(),
        Requests.item("").toBuilder().setValidateOnly(true).build(),
        Requests.item("unknown"),
        Requests.item("accepted", "id-0"));
    assertThat(stream.caller.isOver()).isFalse();
    stream.halfClose();

    assertThat(stream.caller.results())
        .extracting(
            BatchItemResult::getIndex,
            BatchItemResult::getRequestId,
            BatchItemResult::getOutcome,
            BatchItemResult::getMessageId,
            BatchItemResult::getReplayed,
            result -> result.getError().getReason())
        .containsExactly(
            row(0, "id-0", Outcome.OUTCOME_ACCEPTED, HeldGateway.idOf("accepted"), false, null),
            row(1, "", Outcome.OUTCOME_ACCEPTED, HeldGateway.idOf("seckill"), false, null),
            row(2, "id-2", Outcome.OUTCOME_REJECTED, "", false, ErrorReason.INVALID_REQUEST),
            row(3, "id-3", Outcome.OUTCOME_REJECTED, "", false, ErrorReason.INVALID_REQUEST),
            row(4, "", Outcome.OUTCOME_ACCEPTED, "", false, null),
            row(5, "", Outcome.OUTCOME_REJECTED, "", false, ErrorReason.INVALID_REQUEST),
            row(6, "", Outcome.OUTCOME_UNKNOWN, "", false, ErrorReason.OUTCOME_UNKNOWN),
            row(7, "id-0", Outcome.OUTCOME_ACCEPTED, HeldGateway.idOf("accepted"), true, null));
    assertThat(stream.caller.summary())
        .isEqualTo(
            BatchSummary.newBuilder()
                .setTotal(8)
                .setAccepted(4)
                .setRejected(3)
                .setUnknown(1)
                .setReplayed(1)
                .putErrorsByReason("INVALID_REQUEST", 3)
                .putErrorsByReason("OUTCOME_UNKNOWN", 1)
                .build());
    assertThat(gateway.writes())
        .extracting(write -> write.message().openId())
        .containsExactly("accepted", "seckill", "unknown");
  }

  private static Tuple row(
      long index,
      String requestId,
      Outcome outcome,
      String messageId,
      boolean replayed,
      @Nullable ErrorReason reason) {
    return tuple(
        index,
        requestId,
        outcome,
        messageId,
        replayed,
        reason == null ? ErrorReason.ERROR_REASON_UNSPECIFIED : reason);
  }

  @Test
  void onNext_fieldIsWrong_namesItFromTheItemsRoot() {
    Stream stream = open();

    stream.send(Requests.item(""), Requests.seckillItem(""));

    assertThat(stream.caller.results())
        .extracting(result -> result.getError().getFieldViolations(0).getField())
        .containsExactly("subscribe_message.open_id", "seckill_message.open_id");
  }

  @Test
  void onNext_answersComeInAnotherOrder_sendsResultsAsTheyCome() {
    gateway.go(Until.WRITTEN);
    Stream stream = open();
    stream.send(Requests.item("a"), Requests.item("b"), Requests.item("c"));
    stream.halfClose();

    gateway.attempts().get(2).answer();
    gateway.attempts().get(0).answer();
    assertThat(stream.caller.isOver()).isFalse();
    gateway.attempts().get(1).answer();

    assertThat(stream.caller.results())
        .extracting(BatchItemResult::getIndex)
        .containsExactly(2L, 0L, 1L);
    assertThat(stream.caller.summary().getTotal()).isEqualTo(3);
  }

  @Test
  void onNext_noneIsAnswered_readsNoMoreThanTheWindow() {
    gateway.go(Until.WRITTEN);
    Stream stream = open();

    int read = stream.sendAsManyAsAsked(3 * BatchStream.WINDOW);

    assertThat(read).isEqualTo(BatchStream.WINDOW);
    assertThat(gateway.writes()).hasSize(BatchStream.WINDOW);
    gateway.attempts().get(0).answer();
    gateway.attempts().get(1).answer();
    assertThat(stream.sendAsManyAsAsked(3 * BatchStream.WINDOW)).isEqualTo(2);
  }

  @Test
  void onNext_callerDoesNotRead_readsNoMoreThanTheWindowUntilItDoes() {
    Stream stream = open();
    stream.caller.setReady(false);

    int read = stream.sendAsManyAsAsked(3 * BatchStream.WINDOW);

    assertThat(read).isEqualTo(BatchStream.WINDOW);
    assertThat(stream.caller.responses()).isEmpty();

    stream.caller.setReady(true);
    assertThat(stream.caller.results()).hasSize(BatchStream.WINDOW);
    assertThat(stream.sendAsManyAsAsked(2 * BatchStream.WINDOW)).isEqualTo(2 * BatchStream.WINDOW);
    stream.halfClose();
    assertThat(stream.caller.summary().getAccepted()).isEqualTo(3 * BatchStream.WINDOW);
  }

  /** Items that are answered without WeChat also count in the window. */
  @Test
  void onNext_callerDoesNotReadAndItemsAreInvalid_readsNoMoreThanTheWindow() {
    Stream stream = open();
    stream.caller.setReady(false);

    int read = 0;
    while (stream.isAsked() && read < 3 * BatchStream.WINDOW) {
      BatchSendRequest item =
          read % 2 == 0
              ? Requests.item("")
              : Requests.item("validated").toBuilder().setValidateOnly(true).build();
      stream.send(item);
      read++;
    }

    assertThat(read).isEqualTo(BatchStream.WINDOW);
  }

  @Test
  void onNext_permitsAreUsedUp_waitsWithoutFailing() {
    inFlight = new Permits(3, 1);
    gateway.go(Until.WRITTEN);
    Stream stream = open();

    assertThat(stream.sendAsManyAsAsked(1_000))
        .as("two under way, others wait")
        .isEqualTo(2 + BatchStream.READ_AHEAD);
    assertThat(gateway.attempts()).hasSize(2);
    assertThat(inFlight.tryAcquire(Lane.SINGLE)).as("a single gets through").isTrue();
    inFlight.release(Lane.SINGLE);

    int items = 3 * BatchStream.READ_AHEAD;
    for (int i = 0; i < items; i++) {
      gateway.attempts().get(i).answer();
      assertThat(stream.sent - gateway.attempts().size())
          .isLessThanOrEqualTo(BatchStream.READ_AHEAD);
      stream.sendAsManyAsAsked(Math.min(1, items - stream.sent));
    }
    stream.halfClose();
    assertThat(stream.caller.summary().getAccepted()).isEqualTo(items);
    assertThat(inFlight.used()).isZero();
  }

  @Test
  void onNext_twoStreamsAndFewPermits_takeTurns() {
    inFlight = new Permits(3, 1);
    gateway.go(Until.WRITTEN);
    Stream first = open();
    Stream second = open();
    first.sendAsManyAsAsked(20);
    second.sendAsManyAsAsked(20);

    for (int i = 0; i < 20; i++) {
      gateway.attempts().get(i).answer();
      first.sendAsManyAsAsked(20);
      second.sendAsManyAsAsked(20);
    }

    assertThat(first.caller.results()).hasSizeBetween(9, 11);
    assertThat(second.caller.results()).hasSizeBetween(9, 11);
  }

  @Test
  void cancel_itemsAreUnderWay_writesNothingMoreAndFreesEveryPermit() {
    inFlight = new Permits(3, 1);
    gateway.go(Until.CALLED);
    Stream stream = open();
    assertThat(stream.sendAsManyAsAsked(3)).isEqualTo(3);
    Attempt written = gateway.attempts().get(0);
    Attempt held = gateway.attempts().get(1);
    assertThat(written.write()).isTrue();

    stream.caller.cancelCall();

    assertThat(held.write()).as("an item that was not written never is").isFalse();
    written.answer();
    assertThat(gateway.attempts()).as("the item that waited is not begun").hasSize(2);
    assertThat(inFlight.used()).isZero();
    assertThat(stream.caller.responses()).isEmpty();
    assertThat(stream.caller.isOver()).isFalse();
  }

  @Test
  void cancel_streamHasADeadline_leavesNothingToTheTimer() {
    Stream stream = open(STREAM_DEADLINE);
    stream.send(Requests.item("a"));
    int ofTheToken = timer.pending() - 1;

    stream.caller.cancelCall();
    assertThat(timer.pending()).isEqualTo(ofTheToken);
    timer.advance(LONGER_THAN_ANY_DEADLINE);

    assertThat(stream.caller.isOver()).isFalse();
  }

  @Test
  void deadline_halfClosed_answersEveryItemAndEndsWithOk() {
    gateway.go(Until.CALLED);
    Stream stream = open(STREAM_DEADLINE);
    stream.send(Requests.item("written"), Requests.item("held"), Requests.item("answered"));
    gateway.attempts().get(0).write();
    gateway.attempts().get(2).write();
    gateway.attempts().get(2).answer();
    stream.halfClose();

    timer.advance(STREAM_DEADLINE);

    assertThat(stream.caller.results())
        .extracting(BatchItemResult::getIndex, result -> result.getError().getReason())
        .containsExactlyInAnyOrder(
            tuple(2L, ErrorReason.ERROR_REASON_UNSPECIFIED),
            tuple(0L, ErrorReason.OUTCOME_UNKNOWN),
            tuple(1L, ErrorReason.DEADLINE_BEFORE_SEND));
    assertThat(stream.caller.summary().getTotal()).isEqualTo(3);
    assertThat(stream.caller.isCompleted()).isTrue();
    assertThat(gateway.attempts().get(1).write()).isFalse();
  }

  @Test
  void deadline_notHalfClosed_sendsTheSummaryAndFails() {
    gateway.go(Until.CALLED);
    Stream stream = open(STREAM_DEADLINE);
    stream.send(Requests.item("held"));

    timer.advance(STREAM_DEADLINE);

    assertThat(stream.caller.summary().getNotSent()).isEqualTo(1);
    assertThatStatus(Objects.requireNonNull(stream.caller.error()))
        .isError(
            Status.Code.DEADLINE_EXCEEDED,
            ErrorReason.DEADLINE_BEFORE_SEND,
            Outcome.OUTCOME_NOT_SENT);
  }

  @Test
  void deadline_anItemWaitsForAPermit_answersIt() {
    inFlight = new Permits(2, 1);
    gateway.go(Until.WRITTEN);
    Stream stream = open(STREAM_DEADLINE);
    stream.send(Requests.item("written"), Requests.item("waits"));

    timer.advance(STREAM_DEADLINE);

    assertThat(stream.caller.summary().getNotSent()).isEqualTo(1);
    assertThat(stream.caller.summary().getUnknown()).isEqualTo(1);
    gateway.attempts().get(0).answer();
    assertThat(gateway.attempts()).hasSize(1);
    assertThat(inFlight.used()).isZero();
  }

  /** It was requested before the deadline, and is read between the deadline and the end. */
  @Test
  void deadline_anItemArrivesAfterwards_isAnsweredAndNotSent() {
    gateway.go(Until.CALLED);
    Stream stream = open(STREAM_DEADLINE);
    stream.caller.setReady(false);
    stream.send(Requests.item("held"));
    timer.advance(STREAM_DEADLINE);
    int asked = stream.caller.requested();

    stream.send(Requests.item("late"));
    stream.caller.setReady(true);

    assertThat(gateway.attempts()).hasSize(1);
    assertThat(stream.caller.summary())
        .isEqualTo(
            BatchSummary.newBuilder()
                .setTotal(2)
                .setNotSent(2)
                .putErrorsByReason("DEADLINE_BEFORE_SEND", 2)
                .build());
    assertThat(stream.caller.requested()).as("nothing more is read").isEqualTo(asked);
    assertThat(inFlight.used()).as("of the item that is held").isEqualTo(1);
  }

  @Test
  void deadline_anItemArrivesAfterTheEnd_isNotSent() {
    Stream stream = open(STREAM_DEADLINE);
    timer.advance(STREAM_DEADLINE);
    assertThat(stream.caller.isOver()).isTrue();

    stream.send(Requests.item("too late"));

    assertThat(gateway.attempts()).isEmpty();
    assertThat(inFlight.used()).isZero();
  }

  @Test
  void stop_itemsAreUnderWay_finishesThemAndTellsToGoOnElsewhere() {
    inFlight = new Permits(3, 1);
    gateway.go(Until.WRITTEN);
    Stream stream = open();
    stream.send(Requests.item("a"), Requests.item("b"), Requests.item("waits"));
    int asked = stream.caller.requested();

    stream.stream.stop();
    assertThat(stream.caller.results())
        .extracting(BatchItemResult::getIndex, result -> result.getError().getReason())
        .containsExactly(tuple(2L, ErrorReason.SERVER_STOPPING));
    assertThat(stream.caller.isOver()).isFalse();
    gateway.attempts().get(0).answer();
    gateway.attempts().get(1).answer();

    assertThat(stream.caller.summary().getAccepted()).isEqualTo(2);
    assertThat(stream.caller.summary().getNotSent()).isEqualTo(1);
    assertThatStatus(Objects.requireNonNull(stream.caller.error()))
        .isError(Status.Code.UNAVAILABLE, ErrorReason.SERVER_STOPPING, Outcome.OUTCOME_NOT_SENT);
    assertThat(stream.caller.requested()).as("nothing more is read").isEqualTo(asked);
    assertThat(gateway.attempts()).hasSize(2);
    assertThat(over).containsExactly(stream.stream);
    timer.advance(LONGER_THAN_ANY_DEADLINE);
  }

  @Test
  void stop_nothingIsUnderWay_endsAtOnce() {
    Stream stream = open();
    stream.send(Requests.item("a"));

    stream.stream.stop();

    assertThat(stream.caller.summary().getAccepted()).isEqualTo(1);
    assertThat(stream.caller.error()).isNotNull();
  }

  @Test
  void stop_halfClosed_endsWithOk() {
    gateway.go(Until.WRITTEN);
    Stream stream = open();
    stream.send(Requests.item("a"));
    stream.halfClose();

    stream.stream.stop();
    gateway.attempts().get(0).answer();

    assertThat(stream.caller.isCompleted()).isTrue();
  }

  /** It was requested before the signal, and is read between the signal and the end. */
  @Test
  void stop_anItemArrivesAfterwards_isAnsweredAndNotSent() {
    gateway.go(Until.WRITTEN);
    Stream stream = open();
    stream.send(Requests.item("a"));
    stream.stream.stop();

    stream.send(Requests.item("late"));
    gateway.attempts().get(0).answer();

    assertThat(gateway.attempts()).hasSize(1);
    assertThat(stream.caller.summary().getTotal()).isEqualTo(2);
    assertThat(stream.caller.summary().getErrorsByReasonMap())
        .containsOnly(Map.entry("SERVER_STOPPING", 1L));
  }

  @Test
  void giveUp_weChatIsSilent_answersEverything() {
    gateway.go(Until.CALLED);
    Stream stream = open();
    stream.send(Requests.item("written"), Requests.item("held"));
    gateway.attempts().get(0).write();
    stream.stream.stop();
    assertThat(stream.caller.results()).isEmpty();

    stream.stream.giveUp();

    assertThat(stream.caller.summary().getUnknown()).isEqualTo(1);
    assertThat(stream.caller.summary().getErrorsByReasonMap())
        .containsOnly(Map.entry("OUTCOME_UNKNOWN", 1L), Map.entry("SERVER_STOPPING", 1L));
    assertThat(gateway.attempts().get(1).write()).isFalse();
  }

  @Test
  void onNext_itemsAreLarge_readsFewerOfThem() {
    inFlight = new Permits(1, 0);
    gateway.go(Until.WRITTEN);
    Stream stream = open();
    BatchSendRequest large =
        BatchSendRequest.newBuilder()
            .setSubscribeMessage(
                Requests.item("large").getSubscribeMessage().toBuilder()
                    .putData("enum_string9", "x".repeat(200_000)))
            .build();

    int read = 0;
    while (stream.isAsked() && read < 1_000) {
      stream.send(large);
      read++;
    }

    assertThat(read).as("one under way, about 64 units of 8,192 characters wait").isEqualTo(4);
  }

  @Test
  void item_noAnswerAndNoStreamDeadline_hasTenSeconds() {
    gateway.go(Until.WRITTEN);
    Stream stream = open();
    stream.send(Requests.item("a"));

    timer.advance(Duration.ofSeconds(10).minusNanos(1));
    assertThat(stream.caller.results()).isEmpty();
    timer.advance(Duration.ofNanos(1));

    assertThat(stream.caller.results())
        .extracting(BatchItemResult::getOutcome)
        .containsExactly(Outcome.OUTCOME_UNKNOWN);
    assertThat(stream.caller.isOver()).isFalse();
  }

  @Test
  void result_cannotBeSent_endsTheStreamAndGivesUpWhatWaits() {
    gateway.go(Until.WRITTEN);
    Stream stream = open();
    stream.send(Requests.item("a"));
    Attempt first = gateway.attempts().get(0);
    gateway.go(Until.CALLED);
    stream.send(Requests.item("b"));
    Attempt second = gateway.attempts().get(1);

    stream.caller.breakWith(new NoClassDefFoundError("with a secret"));
    first.answer();

    assertThatStatus(Objects.requireNonNull(stream.caller.error()))
        .isError(Status.Code.INTERNAL, ErrorReason.INTERNAL_ERROR, Outcome.OUTCOME_UNKNOWN)
        .doesNotLeak("secret");
    assertThat(second.write()).as("the other item may go out").isFalse();
    assertThat(over).containsExactly(stream.stream);
  }

  @Test
  void results_fromManyThreadsAtOnce_areSentByOneAtATimeAndNoneIsLost() throws Exception {
    int items = 800;
    int threads = 8;
    gateway.go(Until.WRITTEN);
    Stream stream = open();
    for (int i = 0; i < items; i++) {
      stream.send(Requests.item("o" + i));
    }
    stream.halfClose();
    List<Attempt> attempts = gateway.attempts();

    Concurrently.run(
            threads,
            thread -> {
              for (int i = thread; i < items; i += threads) {
                attempts.get(i).answer();
              }
              return thread;
            })
        .resultsOfAll();

    assertThat(stream.caller.results())
        .extracting(BatchItemResult::getIndex)
        .containsExactlyInAnyOrder(
            IntStream.range(0, items).mapToObj(Long::valueOf).toArray(Long[]::new));
    assertThat(stream.caller.summary().getAccepted()).isEqualTo(items);
    assertThat(stream.caller.isCompleted()).isTrue();
  }

  /** Its message is large, and its caller's rate may be slow. */
  @Test
  void cancel_anItemWaitsForItsCallersRate_isTakenOutOfTheQueue() throws Exception {
    RateLimit rate = new RateLimit(1, clock.nanos(), timer);
    Stream stream = openWith(rate);
    stream.send(Requests.item("first"), Requests.item("waits"));
    assertThat(rate.waiting()).isEqualTo(1);

    stream.caller.cancelCall();

    assertThat(rate.waiting()).isZero();
  }

  @Test
  void stop_anItemWaitsForItsCallersRate_isTakenOutOfTheQueueAndToldWhy() throws Exception {
    RateLimit rate = new RateLimit(1, clock.nanos(), timer);
    Stream stream = openWith(rate);
    stream.send(Requests.item("first"), Requests.item("waits"));

    stream.stream.stop();

    assertThat(rate.waiting()).isZero();
    assertThat(stream.caller.results())
        .extracting(result -> result.getError().getReason())
        .containsExactly(ErrorReason.ERROR_REASON_UNSPECIFIED, ErrorReason.SERVER_STOPPING);
  }

  /** A timer that takes no tasks is one reason. */
  @Test
  void onNext_callersLimitsFail_isNotSentAndTheStreamGoesOn() throws Exception {
    Stream stream = openWith(new RateLimit(1, clock.nanos(), timer));
    stream.send(Requests.item("first"));
    timer.rejectTasks(true);
    stream.send(Requests.item("broken"));
    timer.rejectTasks(false);

    stream.send(Requests.item("next"));
    timer.advance(Duration.ofSeconds(1));
    stream.halfClose();

    assertThat(stream.caller.results())
        .extracting(BatchItemResult::getOutcome, result -> result.getError().getReason())
        .containsExactly(
            tuple(Outcome.OUTCOME_ACCEPTED, ErrorReason.ERROR_REASON_UNSPECIFIED),
            tuple(Outcome.OUTCOME_NOT_SENT, ErrorReason.INTERNAL_ERROR),
            tuple(Outcome.OUTCOME_ACCEPTED, ErrorReason.ERROR_REASON_UNSPECIFIED));
    assertThat(stream.caller.isCompleted()).isTrue();
  }

  private Stream openWith(RateLimit rate) throws Exception {
    Caller caller =
        new Caller(
            "slow", null, false, false, false, new AtomicReference<>(new CallerLimits(null, rate)));
    return caller.inContext().call(() -> open());
  }

  /** The stream under test, with its caller's side. */
  private final class Stream {
    private final FakeCaller caller = new FakeCaller();
    private final BatchStream stream;
    private int sent;

    Stream(@Nullable Duration deadline) {
      callers.add(caller);
      stream = new BatchStream(delivery(), mapper(), caller, timer, over::add);
      stream.open(deadline);
    }

    boolean isAsked() {
      return caller.requested() > sent;
    }

    /** Sends items that the server has requested, as gRPC does. */
    void send(BatchSendRequest... items) {
      for (BatchSendRequest item : items) {
        assertThat(isAsked()).as("the server asks for an item").isTrue();
        sent++;
        stream.onNext(item);
      }
    }

    /** Sends up to {@code most} items, while the server requests them; returns how many. */
    int sendAsManyAsAsked(int most) {
      int before = sent;
      while (isAsked() && sent - before < most) {
        send(Requests.item("o-" + callers.indexOf(caller) + "-" + sent));
      }
      return sent - before;
    }

    void halfClose() {
      stream.onCompleted();
    }
  }

  private Stream open() {
    return open(null);
  }

  private Stream open(@Nullable Duration deadline) {
    return new Stream(deadline);
  }

  private @Nullable Admission delivery;

  private Admission delivery() {
    Admission made = delivery;
    if (made == null) {
      made =
          new Admission(
              inFlight,
              TestLedgers.inMemory(1_000, clock.nanos()),
              SubscriptionCheck.NONE,
              new MessageSender(
                  gateway,
                  new Permits(100_000, 1),
                  new RetryPolicy(() -> 0),
                  clock,
                  clock.nanos(),
                  timer,
                  List.of()),
              Duration.ofSeconds(5));
      delivery = made;
    }
    return made;
  }

  private RequestMapper mapper() {
    TokenCache tokens =
        new TokenCache(
            "wx-app",
            mode ->
                CompletableFuture.completedStage(
                    new IssueResult.Issued("token", Duration.ofHours(2))),
            new InMemoryTokenStore(clock),
            TokenPolicy.DEFAULT,
            1_000,
            clock,
            timer,
            () -> 0,
            TokenListener.NONE);
    App app =
        TestApps.app(
            "wx-app",
            tokens,
            new SeckillTemplate("pages/seckill", "", "thing1", "time2", "thing3", "note"),
            clock.nanos(),
            timer);
    return new RequestMapper(new Apps(List.of(app), app));
  }
}
