package dev.wxnotify.server.delivery;

import static dev.wxnotify.server.delivery.DeliveryFixture.A_NANOSECOND;
import static dev.wxnotify.server.delivery.DeliveryFixture.FIRST_PAUSE;
import static dev.wxnotify.server.delivery.DeliveryFixture.SECOND_PAUSE;
import static dev.wxnotify.server.delivery.DeliveryFixture.TIMEOUT;
import static dev.wxnotify.server.delivery.DeliveryFixture.answer;
import static dev.wxnotify.server.delivery.DeliveryFixture.heard;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.FlakyLedger.Mood;
import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.OutcomeLedger.Claim;
import dev.wxnotify.server.delivery.RecordingGateway.Attempt;
import dev.wxnotify.server.delivery.RecordingGateway.Until;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.Samples;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.testing.TestLedgers;
import dev.wxnotify.server.testing.Turns;
import dev.wxnotify.server.token.IssueResult.Unavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Admission, and what a request id is good for. */
final class AdmissionTest {
  private static final int IN_FLIGHT = 5;
  private static final int RESERVED = 2;
  private static final String ID = "request-1";
  private static final WeChatError ERROR = new WeChatError(-1, "said so", "1-1-1");
  private static final SendOutcome ACCEPTED = new SendOutcome.Accepted("msg-1");

  private final DeliveryFixture fixture =
      new DeliveryFixture(new Permits(IN_FLIGHT, RESERVED), new Permits(100, 1));
  private final RecordingGateway gateway = fixture.gateway;
  private final InMemoryOutcomeLedger memory = TestLedgers.inMemory(1_000, fixture.clock.nanos());
  private final FlakyLedger ledger = new FlakyLedger(memory);
  private final Admission delivery =
      new Admission(
          fixture.inFlight,
          ledger,
          SubscriptionCheck.NONE,
          fixture.sender,
          Duration.ofSeconds(5),
          new OutcomeLog(fixture.logTimer));

  @AfterEach
  void nothingIsHeld() {
    fixture.assertNothingIsHeld();
    assertThat(delivery.inFlight()).isZero();
  }

  private Order named(String requestId) {
    return fixture.order(Samples.OPEN_ID, requestId, Lane.SINGLE, TIMEOUT);
  }

  private Delivery deliverNamed() {
    return delivery.deliver(named(ID));
  }

  private Order batchItem(int number) {
    return fixture.order("user-" + number, "", Lane.BATCH, TIMEOUT);
  }

  // Admission.

  @Test
  void deliver_atTheLimit_isOverloadedAtOnceAndNothingIsWritten() {
    gateway.go(Until.WRITTEN);
    List<Delivery> underWay =
        IntStream.range(0, IN_FLIGHT)
            .mapToObj(i -> delivery.deliver(fixture.order("user-" + i)))
            .toList();

    Delivery tooMany = delivery.deliver(fixture.order("one-more"));
    tooMany.cancel();

    assertThat(answer(tooMany))
        .isEqualTo(
            new Reply(
                new SendOutcome.NotSent(
                    NotSent.Reason.OVERLOADED,
                    "the server is at its limit of messages in flight",
                    null,
                    Duration.ofSeconds(1)),
                false));
    assertThat(gateway.attempts()).hasSize(IN_FLIGHT);
    assertThat(delivery.inFlight()).isEqualTo(IN_FLIGHT);

    gateway.writes().forEach(write -> write.answer(new Answer.Accepted("")));
    assertThat(underWay)
        .allSatisfy(one -> assertThat(heard(one)).isEqualTo(new SendOutcome.Accepted("")));
  }

  @Test
  void deliver_overloaded_isNotKeptUnderTheRequestId() {
    gateway.go(Until.WRITTEN);
    IntStream.range(0, IN_FLIGHT).forEach(i -> delivery.deliver(fixture.order("user-" + i)));
    deliverNamed();
    gateway.go(Until.ANSWERED);
    gateway.writes().forEach(write -> write.answer(new Answer.Accepted("")));

    assertThat(answer(deliverNamed()).replayed()).isFalse();
    assertThat(gateway.recipients()).contains(Samples.OPEN_ID);
  }

  @Test
  void admit_reserveReached_waitsWhileSinglesAreTaken() {
    gateway.go(Until.WRITTEN);
    List<Delivery> items = new ArrayList<>();
    for (int i = 0; i < IN_FLIGHT; i++) {
      Order item = batchItem(i);
      delivery
          .admission()
          .enter(Turns.of(1, () -> items.add(delivery.deliverAdmitted(item, 1, 0))));
    }
    assertThat(items).hasSize(IN_FLIGHT - RESERVED);

    Delivery single = delivery.deliver(fixture.order());
    gateway.last().answer(new Answer.Accepted("single"));

    assertThat(heard(single)).isEqualTo(new SendOutcome.Accepted("single"));
    assertThat(items).hasSize(IN_FLIGHT - RESERVED);

    for (int i = 0; i < IN_FLIGHT; i++) {
      gateway.writes().get(i + (i < IN_FLIGHT - RESERVED ? 0 : 1)).answer(new Answer.Accepted(""));
    }
    assertThat(items)
        .hasSize(IN_FLIGHT)
        .allSatisfy(one -> assertThat(heard(one)).isEqualTo(new SendOutcome.Accepted("")));
  }

  @Test
  void admit_lostInterest_letsTheNextIn() {
    List<Delivery> items = new ArrayList<>();
    delivery.admission().enter(Turns.of(1, () -> false));
    delivery
        .admission()
        .enter(Turns.of(1, () -> items.add(delivery.deliverAdmitted(batchItem(1), 1, 0))));

    assertThat(items).hasSize(1);
  }

  // Request ids.

  private static Stream<Arguments> finalAnswers() {
    return Stream.concat(
        Stream.of(
            Arguments.of(new Answer.Accepted("7"), true),
            Arguments.of(new Answer.Accepted(""), true),
            Arguments.of(new Answer.NoAnswer("reset"), true),
            Arguments.of(new Answer.CredentialsRejected(ERROR), false)),
        Stream.of(Rejected.Reason.values())
            .map(
                reason ->
                    Arguments.of(
                        new Answer.Rejected(reason, ERROR, List.of()),
                        switch (reason) {
                          case INVALID_OPEN_ID,
                              INVALID_TEMPLATE,
                              INVALID_PAGE,
                              INVALID_TEMPLATE_DATA,
                              CONTENT_BLOCKED,
                              USER_NOT_SUBSCRIBED,
                              APP_RESTRICTED,
                              UNRECOGNIZED_WECHAT_ERROR ->
                              true;
                          case DAILY_QUOTA_EXHAUSTED,
                              RATE_LIMITED,
                              WECHAT_BUSY,
                              RECIPIENT_BUSY,
                              REQUEST_ID_CONFLICT ->
                              false;
                        })));
  }

  @ParameterizedTest
  @MethodSource("finalAnswers")
  void deliver_repeated_isReplayedOrSentAgain(Answer answer, boolean kept) {
    gateway.script(answer);
    Reply first = answer(deliverNamed());

    Reply second = answer(deliverNamed());

    assertThat(first.replayed()).isFalse();
    assertThat(second.replayed()).isEqualTo(kept);
    if (kept) {
      assertThat(second.outcome()).isEqualTo(first.outcome());
      assertThat(gateway.attempts()).hasSize(1);
    } else if (fixture.app.quota().isStopped()) {
      assertThat(second.outcome())
          .isInstanceOfSatisfying(
              SendOutcome.NotSent.class,
              no -> assertThat(no.reason()).isEqualTo(NotSent.Reason.DAILY_QUOTA_EXHAUSTED));
      assertThat(gateway.attempts()).hasSize(1);
    } else {
      assertThat(second.outcome()).isEqualTo(new SendOutcome.Accepted("msg-2"));
      assertThat(gateway.attempts()).hasSize(2);
    }
  }

  private static Stream<List<Answer>> answersAtTheirEnd() {
    Answer busy = new Answer.Busy(Rejected.Reason.WECHAT_BUSY, ERROR);
    Answer notWritten = new Answer.NotWritten("refused");
    Answer badToken = new Answer.TokenRejected(ERROR);
    return Stream.of(
        List.of(busy, busy, busy),
        List.of(notWritten, notWritten, notWritten),
        List.of(badToken, badToken));
  }

  @ParameterizedTest
  @MethodSource("answersAtTheirEnd")
  void deliver_repeatedAfterTheRetriesWereInVain_isSentAgain(List<Answer> answers) {
    gateway.script(answers.toArray(Answer[]::new));
    Delivery first = deliverNamed();
    fixture.timer.advance(FIRST_PAUSE.plus(SECOND_PAUSE));
    assertThat(heard(first)).isNotInstanceOf(SendOutcome.Accepted.class);

    Reply second = answer(deliverNamed());

    assertThat(second.replayed()).isFalse();
    assertThat(second.outcome()).isInstanceOf(SendOutcome.Accepted.class);
  }

  @Test
  void deliver_repeatedAfterNoToken_isSentAgain() {
    fixture.issuer.script(new Unavailable("refused"));
    assertThat(heard(deliverNamed())).isInstanceOf(SendOutcome.NotSent.class);
    fixture.timer.advance(Duration.ofMinutes(1));

    assertThat(answer(deliverNamed())).isEqualTo(new Reply(ACCEPTED, false));
  }

  @Test
  void deliver_repeatedAfterItWasGivenUp_isSentAgain() {
    gateway.go(Until.CALLED);
    Delivery cancelled = deliverNamed();
    cancelled.cancel();
    gateway.last().write();
    Delivery late = deliverNamed();
    fixture.timer.advance(TIMEOUT);
    gateway.last().write();
    gateway.go(Until.ANSWERED);

    Reply third = answer(deliverNamed());

    assertThat(heard(cancelled)).isInstanceOf(SendOutcome.NotSent.class);
    assertThat(heard(late)).isInstanceOf(SendOutcome.NotSent.class);
    assertThat(third.outcome()).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(third.replayed()).isFalse();
    assertThat(gateway.writes()).hasSize(1);
  }

  @Test
  void deliver_repeatedWithinADay_isReplayedAndLaterSentAgain() {
    deliverNamed();
    Duration aMoment = Duration.ofMillis(1);
    fixture.clock.advance(Duration.ofHours(24).minus(aMoment));
    assertThat(answer(deliverNamed())).isEqualTo(new Reply(ACCEPTED, true));

    fixture.clock.advance(aMoment);
    assertThat(answer(deliverNamed()).replayed()).isFalse();
    assertThat(gateway.writes()).hasSize(2);
  }

  @Test
  void deliver_noRequestId_isSentEachTime() {
    delivery.deliver(fixture.order());
    delivery.deliver(fixture.order());

    assertThat(gateway.writes()).hasSize(2);
  }

  @Test
  void deliver_sameIdOfAnotherCaller_isSent() {
    deliverNamed();
    Order other =
        new Order(
            fixture.app,
            Samples.message(),
            MessageKind.SUBSCRIBE,
            "stranger",
            ID,
            Lane.SINGLE,
            TIMEOUT,
            Trace.NONE,
            Instant.EPOCH,
            false);

    assertThat(answer(delivery.deliver(other)).replayed()).isFalse();
    assertThat(gateway.writes()).hasSize(2);
  }

  private Stream<Order> otherOrdersWithTheSameId() {
    SubscribeMessage otherText = Samples.message(Samples.OPEN_ID, "another thing");
    return Stream.of(
        new Order(
            fixture.app,
            otherText,
            MessageKind.SUBSCRIBE,
            "caller",
            ID,
            Lane.SINGLE,
            TIMEOUT,
            Trace.NONE,
            Instant.EPOCH,
            false),
        new Order(
            fixture.app,
            Samples.message("someone"),
            MessageKind.SUBSCRIBE,
            "caller",
            ID,
            Lane.SINGLE,
            TIMEOUT,
            Trace.NONE,
            Instant.EPOCH,
            false),
        new Order(
            fixture.otherApp,
            Samples.message(),
            MessageKind.SUBSCRIBE,
            "caller",
            ID,
            Lane.SINGLE,
            TIMEOUT,
            Trace.NONE,
            Instant.EPOCH,
            false));
  }

  @Test
  void deliver_idOfAnotherMessageDone_isConflictAndNothingIsWritten() {
    deliverNamed();

    assertThat(otherOrdersWithTheSameId())
        .allSatisfy(
            order ->
                assertThat(answer(delivery.deliver(order)))
                    .isEqualTo(
                        new Reply(
                            new SendOutcome.Rejected(Rejected.Reason.REQUEST_ID_CONFLICT, null),
                            false)));
    assertThat(gateway.attempts()).hasSize(1);
    assertThat(answer(deliverNamed())).isEqualTo(new Reply(ACCEPTED, true));
  }

  @Test
  void deliver_idOfAnotherMessageUnderWay_isConflictAndNothingIsWritten() {
    gateway.go(Until.WRITTEN);
    Delivery first = deliverNamed();

    assertThat(otherOrdersWithTheSameId())
        .allSatisfy(
            order ->
                assertThat(heard(delivery.deliver(order)))
                    .isEqualTo(
                        new SendOutcome.Rejected(Rejected.Reason.REQUEST_ID_CONFLICT, null)));
    gateway.last().answer(new Answer.Accepted("7"));

    assertThat(heard(first)).isEqualTo(new SendOutcome.Accepted("7"));
    assertThat(gateway.attempts()).hasSize(1);
  }

  @Test
  void deliver_sameMessageUnderWay_isInProgressAndNothingIsWritten() {
    gateway.go(Until.WRITTEN);
    Delivery first = deliverNamed();

    Delivery second = deliverNamed();
    assertThat(answer(second))
        .isEqualTo(
            new Reply(
                new SendOutcome.NotSent(
                    NotSent.Reason.REQUEST_IN_PROGRESS,
                    "a call with this request id is in progress",
                    null,
                    Duration.ofSeconds(1)),
                false));
    gateway.last().answer(new Answer.Accepted("7"));

    assertThat(heard(first)).isEqualTo(new SendOutcome.Accepted("7"));
    assertThat(answer(deliverNamed())).isEqualTo(new Reply(heard(first), true));
    assertThat(gateway.attempts()).hasSize(1);
  }

  @Test
  void deliver_replayedInABatch_givesTheAdmissionBack() {
    deliverNamed();
    List<Delivery> items = new ArrayList<>();
    for (int i = 0; i < 2 * IN_FLIGHT; i++) {
      delivery
          .admission()
          .enter(
              Turns.of(
                  1,
                  () ->
                      items.add(
                          delivery.deliverAdmitted(
                              fixture.order(Samples.OPEN_ID, ID, Lane.BATCH, TIMEOUT), 1, 0))));
    }

    assertThat(items)
        .hasSize(2 * IN_FLIGHT)
        .allSatisfy(item -> assertThat(answer(item)).isEqualTo(new Reply(ACCEPTED, true)));
    assertThat(gateway.attempts()).hasSize(1);
  }

  // The truth after the caller was answered.

  private static Stream<Arguments> lateAnswers() {
    WeChatError refused = new WeChatError(43101, "user refuse to accept the msg", "1-1-1");
    return Stream.of(
        Arguments.of(new Answer.Accepted("late"), new SendOutcome.Accepted("late")),
        Arguments.of(
            new Answer.Rejected(Rejected.Reason.USER_NOT_SUBSCRIBED, refused, List.of()),
            new SendOutcome.Rejected(Rejected.Reason.USER_NOT_SUBSCRIBED, refused)),
        Arguments.of(
            new Answer.NoAnswer("timeout"),
            new SendOutcome.Unknown(Unknown.Reason.NO_ANSWER, "timeout")));
  }

  @ParameterizedTest
  @MethodSource("lateAnswers")
  void deliver_answeredAfterTheDeadline_theTruthIsReplayed(Answer late, SendOutcome truth) {
    gateway.go(Until.WRITTEN);
    Delivery first = deliverNamed();
    fixture.timer.advance(TIMEOUT);
    assertThat(heard(deliverNamed()))
        .isInstanceOfSatisfying(
            SendOutcome.NotSent.class,
            no -> assertThat(no.reason()).isEqualTo(NotSent.Reason.REQUEST_IN_PROGRESS));

    gateway.last().answer(late);

    assertThat(heard(first))
        .isInstanceOfSatisfying(
            SendOutcome.Unknown.class,
            unknown -> assertThat(unknown.reason()).isEqualTo(Unknown.Reason.DEADLINE));
    assertThat(answer(deliverNamed())).isEqualTo(new Reply(truth, true));
    assertThat(gateway.attempts()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("lateAnswers")
  void deliver_answeredAfterACancellation_theTruthIsReplayed(Answer late, SendOutcome truth) {
    gateway.go(Until.WRITTEN);
    Delivery first = deliverNamed();
    first.cancel();

    gateway.last().answer(late);

    assertThat(heard(first)).isInstanceOf(SendOutcome.Unknown.class);
    assertThat(answer(deliverNamed())).isEqualTo(new Reply(truth, true));
    assertThat(gateway.attempts()).hasSize(1);
  }

  @Test
  void deliver_busyAfterTheDeadline_mayBeSentAgain() {
    gateway.go(Until.WRITTEN);
    deliverNamed();
    fixture.timer.advance(TIMEOUT);
    gateway.last().answer(new Answer.Busy(Rejected.Reason.WECHAT_BUSY, ERROR));
    gateway.go(Until.ANSWERED);

    assertThat(answer(deliverNamed()))
        .isEqualTo(new Reply(new SendOutcome.Accepted("msg-2"), false));
  }

  // A ledger that is slow or broken.

  @Test
  void deliver_ledgerSlowToClaim_isSentWhenItIsDone() {
    ledger.become(Mood.SLOW);
    Delivery first = deliverNamed();
    assertThat(gateway.attempts()).isEmpty();

    ledger.recover();

    assertThat(heard(first)).isEqualTo(ACCEPTED);
  }

  @Test
  void deliver_ledgerTooSlowToClaim_isBeforeSendAtTheDeadlineAndNeverWritten() {
    ledger.become(Mood.SLOW);
    Delivery first = deliverNamed();

    fixture.timer.advance(TIMEOUT);
    assertThat(heard(first))
        .isInstanceOfSatisfying(
            SendOutcome.NotSent.class,
            no -> assertThat(no.reason()).isEqualTo(NotSent.Reason.DEADLINE_BEFORE_SEND));
    ledger.recover();

    assertThat(gateway.attempts()).isEmpty();
    assertThat(answer(deliverNamed())).isEqualTo(new Reply(ACCEPTED, false));
  }

  @Test
  void cancel_ledgerSlowToClaim_isNeverWritten() {
    ledger.become(Mood.SLOW);
    Delivery first = deliverNamed();

    first.cancel();
    assertThat(heard(first)).isInstanceOf(SendOutcome.NotSent.class);
    ledger.recover();

    assertThat(gateway.attempts()).isEmpty();
  }

  @Test
  void deliver_ledgerTooSlowToStore_isTheTruthAtTheDeadline() {
    gateway.go(Until.WRITTEN);
    Delivery first = deliverNamed();
    ledger.become(Mood.SLOW);
    gateway.last().answer(new Answer.Accepted("7"));

    fixture.timer.advance(TIMEOUT.minus(A_NANOSECOND));
    assertThat(first.answer()).isNotDone();
    fixture.timer.advance(A_NANOSECOND);
    assertThat(answer(first)).isEqualTo(new Reply(new SendOutcome.Accepted("7"), false));

    ledger.recover();
    assertThat(answer(deliverNamed()).replayed()).isTrue();
  }

  @Test
  void cancel_ledgerSlowToStore_isTheTruth() {
    gateway.go(Until.WRITTEN);
    Delivery first = deliverNamed();
    ledger.become(Mood.SLOW);
    gateway.last().answer(new Answer.Accepted("7"));

    first.cancel();
    assertThat(heard(first)).isEqualTo(new SendOutcome.Accepted("7"));
    ledger.recover();
  }

  @ParameterizedTest
  @EnumSource(
      value = Mood.class,
      names = {"FAILING", "THROWING"})
  void deliver_ledgerBreaksAtTheClaim_isNotSent(Mood mood) {
    ledger.become(mood);

    assertThat(answer(deliverNamed()))
        .isEqualTo(
            new Reply(
                new SendOutcome.NotSent(
                    NotSent.Reason.INTERNAL_ERROR, "the ledger of request ids failed"),
                false));
    assertThat(gateway.attempts()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Mood.class,
      names = {"FAILING", "THROWING"})
  void deliver_ledgerBreaksAtTheEnd_isTheTruthAllTheSame(Mood mood) {
    gateway.go(Until.WRITTEN);
    Delivery accepted = deliverNamed();
    Delivery notSent = delivery.deliver(named("request-2"));
    notSent.cancel();
    Attempt first = gateway.last();
    ledger.become(mood);

    first.answer(new Answer.Accepted("7"));

    assertThat(heard(accepted)).isEqualTo(new SendOutcome.Accepted("7"));
    assertThat(heard(notSent)).isInstanceOf(SendOutcome.NotSent.class);
  }

  @Test
  void deliver_notKept_isReleasedBeforeTheCallerHears() {
    gateway.go(Until.WRITTEN);
    Order order = named(ID);
    Delivery first = delivery.deliver(order);
    var claim =
        first
            .answer()
            .thenCompose(
                told ->
                    memory.claim(
                        new OutcomeLedger.Key(order.caller(), order.requestId()),
                        Fingerprint.of(order.app().appId(), order.message()),
                        Duration.ofSeconds(20)));

    gateway.last().answer(new Answer.CredentialsRejected(ERROR));

    assertThat(claim).isCompletedWithValue(new Claim.Granted());
  }
}
