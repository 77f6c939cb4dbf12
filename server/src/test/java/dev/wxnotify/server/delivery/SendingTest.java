package dev.wxnotify.server.delivery;

import static dev.wxnotify.server.delivery.DeliveryFixture.A_NANOSECOND;
import static dev.wxnotify.server.delivery.DeliveryFixture.FIRST_PAUSE;
import static dev.wxnotify.server.delivery.DeliveryFixture.SECOND_PAUSE;
import static dev.wxnotify.server.delivery.DeliveryFixture.TIMEOUT;
import static dev.wxnotify.server.delivery.DeliveryFixture.heard;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.RecordingGateway.Attempt;
import dev.wxnotify.server.delivery.RecordingGateway.Until;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.Samples;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.server.testing.TestLedgers;
import dev.wxnotify.server.testing.Turns;
import dev.wxnotify.server.token.IssueResult.Issued;
import dev.wxnotify.server.token.IssueResult.Refused;
import dev.wxnotify.server.token.IssueResult.Unavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of one message, whatever WeChat, the token and the caller do. */
final class SendingTest {
  private static final WeChatError BUSY = new WeChatError(-1, "system error", "1-1-1");
  private static final WeChatError CONCURRENT = new WeChatError(43108, "concurrent calls", "2-2-2");
  private static final WeChatError BAD_TOKEN = new WeChatError(40001, "invalid credential", "3-3");
  private static final WeChatError BAD_TOKEN_AGAIN = new WeChatError(42001, "expired", "4-4-4");
  private static final WeChatError NO_ENTRY = new WeChatError(40164, "invalid ip", "5-5-5");
  private static final Duration LONG = Duration.ofMinutes(1);

  private static final SendOutcome WECHAT_BUSY = busy(BUSY);
  private static final SendOutcome BEFORE_SEND =
      new SendOutcome.NotSent(
          NotSent.Reason.DEADLINE_BEFORE_SEND,
          "the deadline expired before the message was written to WeChat");
  private static final SendOutcome CANCELLED =
      new SendOutcome.NotSent(
          NotSent.Reason.CANCELLED, "cancelled before it was written to WeChat");
  private static final SendOutcome UNKNOWN_BY_DEADLINE =
      new SendOutcome.Unknown(
          Unknown.Reason.DEADLINE, "the deadline expired before WeChat answered");

  private final DeliveryFixture fixture =
      new DeliveryFixture(new Permits(1_000, 10), new Permits(1, 0));
  private final RecordingGateway gateway = fixture.gateway;

  @BeforeEach
  void warmUp() {
    fixture.warmUp();
  }

  @AfterEach
  void nothingIsHeld() {
    fixture.assertNothingIsHeld();
  }

  private static SendOutcome busy(WeChatError error) {
    return new SendOutcome.Rejected(
        Rejected.Reason.WECHAT_BUSY, error, List.of(), Duration.ofSeconds(1));
  }

  private static SendOutcome credentials(SendOutcome outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            SendOutcome.NotSent.class,
            no -> {
              assertThat(no.reason()).isEqualTo(NotSent.Reason.WECHAT_CREDENTIALS);
              assertThat(no.retryAfter()).isNull();
            });
    return outcome;
  }

  private static void assertUnreachable(SendOutcome outcome, String explanation) {
    assertThat(outcome)
        .isEqualTo(new SendOutcome.NotSent(NotSent.Reason.WECHAT_UNREACHABLE, explanation));
  }

  private void assertNothingFollows() {
    int attempts = gateway.attempts().size();
    fixture.timer.advance(LONG);
    assertThat(gateway.attempts()).hasSize(attempts);
  }

  // WeChat's answers.

  @Test
  void deliver_taken_isAcceptedWithWhatWasAskedFor() {
    gateway.script(new Answer.Accepted("1988810812324364291"));
    Order order = fixture.order();

    Delivery delivery = fixture.delivery.deliver(order);

    assertThat(heard(delivery)).isEqualTo(new SendOutcome.Accepted("1988810812324364291"));
    assertThat(gateway.writes()).hasSize(1);
    assertThat(gateway.last().message()).isSameAs(order.message());
    assertThat(gateway.last().token().value()).isEqualTo("token-1");
    assertNothingFollows();
  }

  private static Stream<Arguments> answersThatEndIt() {
    WeChatError error = new WeChatError(47003, "argument invalid!", "6-6-6");
    List<Violation> violations = List.of(new Violation("data[\"thing1\"]", "WeChat refuses it"));
    return Stream.of(
        Arguments.of(new Answer.Accepted(""), new SendOutcome.Accepted("")),
        Arguments.of(
            new Answer.Rejected(Rejected.Reason.INVALID_TEMPLATE_DATA, error, violations),
            new SendOutcome.Rejected(
                Rejected.Reason.INVALID_TEMPLATE_DATA, error, violations, null)),
        Arguments.of(
            new Answer.CredentialsRejected(NO_ENTRY),
            new SendOutcome.NotSent(
                NotSent.Reason.WECHAT_CREDENTIALS,
                "WeChat rejects this server's credentials",
                NO_ENTRY,
                null)),
        Arguments.of(
            new Answer.NoAnswer("connection reset"),
            new SendOutcome.Unknown(Unknown.Reason.NO_ANSWER, "connection reset")));
  }

  @ParameterizedTest
  @MethodSource("answersThatEndIt")
  void deliver_answerThatNoRetryChanges_isItsOutcomeAfterOneWrite(
      Answer answer, SendOutcome expected) {
    gateway.script(answer);

    assertThat(heard(fixture.deliver())).isEqualTo(expected);
    assertThat(gateway.writes()).hasSize(1);
    assertNothingFollows();
  }

  @ParameterizedTest
  @EnumSource(Rejected.Reason.class)
  void deliver_rejected_tellsWhenARepeatHasAChance(Rejected.Reason reason) {
    gateway.script(new Answer.Rejected(reason, BUSY, List.of()));

    assertThat(heard(fixture.deliver()))
        .isEqualTo(
            new SendOutcome.Rejected(
                reason, BUSY, List.of(), QuotaReset.after(reason, fixture.clock.instant())));
    assertThat(gateway.writes()).hasSize(1);
    assertNothingFollows();
  }

  // Retries.

  @Test
  void deliver_busyThroughTheRetries_isBusyAfterThreeWritesWithPauses() {
    gateway.script(
        new Answer.Busy(Rejected.Reason.WECHAT_BUSY, BUSY),
        new Answer.Busy(Rejected.Reason.WECHAT_BUSY, BUSY),
        new Answer.Busy(Rejected.Reason.RECIPIENT_BUSY, CONCURRENT));

    Delivery delivery = fixture.deliver();

    fixture.timer.advance(FIRST_PAUSE.minus(A_NANOSECOND));
    assertThat(gateway.writes()).hasSize(1);
    fixture.timer.advance(A_NANOSECOND);
    assertThat(gateway.writes()).hasSize(2);
    fixture.timer.advance(SECOND_PAUSE.minus(A_NANOSECOND));
    assertThat(gateway.writes()).hasSize(2);
    assertThat(delivery.answer()).isNotDone();
    fixture.timer.advance(A_NANOSECOND);
    assertThat(gateway.writes()).hasSize(3);
    assertThat(heard(delivery))
        .isEqualTo(
            new SendOutcome.Rejected(
                Rejected.Reason.RECIPIENT_BUSY, CONCURRENT, List.of(), Duration.ofSeconds(1)));
    assertNothingFollows();
  }

  @Test
  void deliver_busyAndThenTaken_isAccepted() {
    gateway.script(new Answer.Busy(Rejected.Reason.WECHAT_BUSY, BUSY), new Answer.Accepted("7"));

    Delivery delivery = fixture.deliver();
    fixture.timer.advance(FIRST_PAUSE);

    assertThat(heard(delivery)).isEqualTo(new SendOutcome.Accepted("7"));
    assertNothingFollows();
  }

  @Test
  void deliver_duringAPause_leavesTheConnectionToOthers() {
    gateway.scriptFor(Samples.OPEN_ID, new Answer.Busy(Rejected.Reason.WECHAT_BUSY, BUSY));

    Delivery paused = fixture.deliver();
    Delivery other = fixture.delivery.deliver(fixture.order("other"));

    assertThat(heard(other)).isInstanceOf(SendOutcome.Accepted.class);
    fixture.timer.advance(FIRST_PAUSE);
    assertThat(heard(paused)).isInstanceOf(SendOutcome.Accepted.class);
  }

  @Test
  void deliver_busyAndNoTimeForAPause_isBusyAtOnce() {
    gateway.script(new Answer.Busy(Rejected.Reason.WECHAT_BUSY, BUSY));

    assertThat(heard(fixture.delivery.deliver(fixture.order(FIRST_PAUSE)))).isEqualTo(WECHAT_BUSY);
    assertNothingFollows();
  }

  @Test
  void deliver_busyAndJustTimeForAPause_isSentAgain() {
    gateway.script(new Answer.Busy(Rejected.Reason.WECHAT_BUSY, BUSY));

    Delivery delivery = fixture.delivery.deliver(fixture.order(FIRST_PAUSE.plus(A_NANOSECOND)));
    fixture.timer.advance(FIRST_PAUSE);

    assertThat(heard(delivery)).isInstanceOf(SendOutcome.Accepted.class);
  }

  @Test
  void deliver_neverWritten_isUnreachableAfterThreeAttempts() {
    gateway.script(
        new Answer.NotWritten("refused 1"),
        new Answer.NotWritten("refused 2"),
        new Answer.NotWritten("refused 3"));

    Delivery delivery = fixture.deliver();
    fixture.timer.advance(FIRST_PAUSE);
    assertThat(gateway.attempts()).hasSize(2);
    fixture.timer.advance(SECOND_PAUSE);

    assertUnreachable(heard(delivery), "refused 3");
    assertThat(gateway.attempts()).hasSize(3);
    assertThat(gateway.writes()).isEmpty();
    assertNothingFollows();
  }

  @Test
  void deliver_notWrittenAndThenTaken_isAcceptedAfterOneWrite() {
    gateway.script(new Answer.NotWritten("refused"), new Answer.Accepted("7"));

    Delivery delivery = fixture.deliver();
    fixture.timer.advance(FIRST_PAUSE);

    assertThat(heard(delivery)).isEqualTo(new SendOutcome.Accepted("7"));
    assertThat(gateway.writes()).hasSize(1);
  }

  @Test
  void deliver_notWrittenAndNoTimeForAPause_isUnreachableAtOnce() {
    gateway.script(new Answer.NotWritten("refused"));

    assertUnreachable(heard(fixture.delivery.deliver(fixture.order(FIRST_PAUSE))), "refused");
    assertNothingFollows();
  }

  @Test
  void deliver_noAnswerAfterARetry_isUnknown() {
    gateway.script(
        new Answer.Busy(Rejected.Reason.WECHAT_BUSY, BUSY), new Answer.NoAnswer("reset"));

    Delivery delivery = fixture.deliver();
    fixture.timer.advance(FIRST_PAUSE);

    assertThat(heard(delivery))
        .isEqualTo(new SendOutcome.Unknown(Unknown.Reason.NO_ANSWER, "reset"));
    assertNothingFollows();
  }

  // The token.

  @Test
  void deliver_tokenRejected_isSentAgainAtOnceWithANewOne() {
    gateway.script(new Answer.TokenRejected(BAD_TOKEN));

    Delivery delivery = fixture.deliver();

    assertThat(heard(delivery)).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(gateway.writes())
        .extracting(write -> write.token().value())
        .containsExactly("token-1", "token-3");
    assertNothingFollows();
  }

  @Test
  void deliver_tokenRejectedAfterARefreshToo_isCredentialsAfterTwoWrites() {
    gateway.script(new Answer.TokenRejected(BAD_TOKEN), new Answer.TokenRejected(BAD_TOKEN_AGAIN));
    int before = fixture.issuer.calls();

    SendOutcome outcome = heard(fixture.deliver());

    assertThat(credentials(outcome)).extracting("error").isEqualTo(BAD_TOKEN_AGAIN);
    assertThat(gateway.writes()).hasSize(2);
    assertThat(fixture.issuer.calls() - before).isEqualTo(1);
    assertNothingFollows();
  }

  @Test
  void deliver_rejectedTokenIsHandedOutAgain_isCredentialsWithoutASecondWrite() {
    gateway.script(new Answer.TokenRejected(BAD_TOKEN));
    Issued same = new Issued("token-1", ScriptedTokenIssuer.LIFE);
    fixture.issuer.script(same, same);

    credentials(heard(fixture.deliver()));

    assertThat(gateway.writes()).hasSize(1);
    assertNothingFollows();
  }

  @Test
  void deliver_tokenWasReplacedMeanwhile_costsNoFurtherRefresh() {
    DeliveryFixture roomy = new DeliveryFixture();
    roomy.warmUp();
    roomy.gateway.go(Until.WRITTEN);
    Delivery first = roomy.delivery.deliver(roomy.order("first"));
    Delivery second = roomy.delivery.deliver(roomy.order("second"));
    int before = roomy.issuer.calls();
    List<Attempt> writes = roomy.gateway.writes();
    roomy.gateway.go(Until.ANSWERED);

    writes.forEach(write -> write.answer(new Answer.TokenRejected(BAD_TOKEN)));

    assertThat(heard(first)).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(heard(second)).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(roomy.issuer.calls() - before).isEqualTo(1);
    assertThat(roomy.gateway.writes()).hasSize(4);
    roomy.assertNothingIsHeld();
  }

  @Test
  void deliver_busyAfterARefresh_hasAllItsRetries() {
    gateway.script(
        new Answer.TokenRejected(BAD_TOKEN),
        new Answer.Busy(Rejected.Reason.WECHAT_BUSY, BUSY),
        new Answer.Busy(Rejected.Reason.WECHAT_BUSY, BUSY),
        new Answer.Accepted("7"));

    Delivery delivery = fixture.deliver();
    assertThat(gateway.writes()).hasSize(2);
    fixture.timer.advance(FIRST_PAUSE);
    assertThat(gateway.writes()).hasSize(3);
    fixture.timer.advance(SECOND_PAUSE);

    assertThat(heard(delivery)).isEqualTo(new SendOutcome.Accepted("7"));
  }

  @Test
  void deliver_refreshBetweenRetries_makesNoneOfThemMore() {
    gateway.script(
        new Answer.Busy(Rejected.Reason.WECHAT_BUSY, BUSY),
        new Answer.Busy(Rejected.Reason.WECHAT_BUSY, BUSY),
        new Answer.TokenRejected(BAD_TOKEN),
        new Answer.Busy(Rejected.Reason.WECHAT_BUSY, BUSY));

    Delivery delivery = fixture.deliver();
    fixture.timer.advance(FIRST_PAUSE.plus(SECOND_PAUSE));

    assertThat(heard(delivery)).isEqualTo(WECHAT_BUSY);
    assertThat(gateway.writes()).hasSize(4);
    assertNothingFollows();
  }

  private static Stream<Arguments> refusals() {
    Duration pause = Duration.ofMillis(250);
    return Stream.of(
        Arguments.of(
            new Refused(Refused.Kind.CREDENTIALS, 40125, "invalid appsecret", "7-7-7"),
            new SendOutcome.NotSent(
                NotSent.Reason.WECHAT_CREDENTIALS,
                "WeChat refuses to issue an access token to this server",
                new WeChatError(40125, "invalid appsecret", "7-7-7"),
                null)),
        Arguments.of(
            new Refused(Refused.Kind.BUSY, 45011, "minute-quota", ""),
            new SendOutcome.NotSent(
                NotSent.Reason.WECHAT_UNREACHABLE,
                "WeChat issues no access token at the moment",
                new WeChatError(45011, "minute-quota", ""),
                pause)),
        Arguments.of(
            new Unavailable("connection refused"),
            new SendOutcome.NotSent(
                NotSent.Reason.WECHAT_UNREACHABLE,
                "no access token is available: connection refused",
                null,
                pause)));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void deliver_noToken_isNotSentAndTellsWhy(
      dev.wxnotify.server.token.IssueResult refusal, SendOutcome expected) {
    DeliveryFixture cold = new DeliveryFixture();
    cold.issuer.script(refusal);

    assertThat(heard(cold.deliver())).isEqualTo(expected);
    assertThat(cold.gateway.attempts()).isEmpty();
    cold.assertNothingIsHeld();
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void deliver_noNewTokenAfterARejection_isNotSentAndTellsWhy(
      dev.wxnotify.server.token.IssueResult refusal, SendOutcome expected) {
    gateway.script(new Answer.TokenRejected(BAD_TOKEN));
    fixture.issuer.script(refusal);

    assertThat(heard(fixture.deliver())).isEqualTo(expected);
    assertThat(gateway.writes()).hasSize(1);
  }

  // The deadline.

  @Test
  void deadline_waitingForTheRecipient_isBeforeSend() {
    gateway.go(Until.WRITTEN);
    Delivery first = fixture.delivery.deliver(fixture.order(LONG));
    Delivery second = fixture.deliver();

    assertHeardAtTheDeadline(second, BEFORE_SEND);
    gateway.last().answer(new Answer.Accepted("1"));

    assertThat(heard(first)).isEqualTo(new SendOutcome.Accepted("1"));
    assertThat(gateway.attempts()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void deadline_waitingForAConnection_isBeforeSend(Lane lane) {
    gateway.go(Until.WRITTEN);
    Delivery first = fixture.delivery.deliver(fixture.order("other", "", Lane.SINGLE, LONG));
    CompletableFuture<Delivery> waiting = new CompletableFuture<>();
    fixture
        .inFlight
        .of(lane)
        .enter(
            Turns.of(
                () ->
                    waiting.complete(
                        fixture.delivery.deliverAdmitted(
                            fixture.order(Samples.OPEN_ID, "", lane, TIMEOUT), 1, 0))));

    assertHeardAtTheDeadline(waiting.join(), BEFORE_SEND);
    gateway.last().answer(new Answer.Accepted("1"));

    assertThat(heard(first)).isEqualTo(new SendOutcome.Accepted("1"));
    assertThat(gateway.attempts()).hasSize(1);
  }

  @Test
  void deadline_waitingForTheFirstToken_isBeforeSend() {
    DeliveryFixture cold = new DeliveryFixture();
    cold.issuer.hold();
    Delivery delivery = cold.deliver();

    cold.timer.advance(TIMEOUT);
    assertThat(heard(delivery)).isEqualTo(BEFORE_SEND);
    cold.issuer.release();

    assertThat(cold.gateway.attempts()).isEmpty();
    cold.assertNothingIsHeld();
  }

  @Test
  void deadline_waitingForANewToken_isBeforeSend() {
    gateway.script(new Answer.TokenRejected(BAD_TOKEN));
    fixture.issuer.hold();
    Delivery delivery = fixture.deliver();

    assertHeardAtTheDeadline(delivery, BEFORE_SEND);
    fixture.issuer.release();

    assertThat(gateway.writes()).hasSize(1);
    assertNothingFollows();
  }

  @Test
  void deadline_whileTheGatewayConnects_isBeforeSendAndTheGateIsShut() {
    gateway.go(Until.CALLED);
    Delivery delivery = fixture.deliver();

    assertHeardAtTheDeadline(delivery, BEFORE_SEND);

    assertThat(gateway.last().write()).isFalse();
    assertNothingFollows();
  }

  @Test
  void deadline_waitingToSendAgainAfterBusy_isBusy() {
    gateway.scriptFor(Samples.OPEN_ID, new Answer.Busy(Rejected.Reason.WECHAT_BUSY, BUSY));
    Delivery delivery = fixture.deliver();
    gateway.go(Until.WRITTEN);
    Delivery other = fixture.delivery.deliver(fixture.order("other", "", Lane.SINGLE, LONG));

    assertHeardAtTheDeadline(delivery, WECHAT_BUSY);
    gateway.last().answer(new Answer.Accepted("1"));

    assertThat(heard(other)).isEqualTo(new SendOutcome.Accepted("1"));
    assertThat(gateway.recipients()).containsExactly(Samples.OPEN_ID, "other");
  }

  @Test
  void deadline_afterTheWrite_isUnknownAndTheAnswerIsStillAwaited() {
    gateway.go(Until.WRITTEN);
    Delivery delivery = fixture.deliver();

    assertHeardAtTheDeadline(delivery, UNKNOWN_BY_DEADLINE);
    assertThat(fixture.connections.used()).isEqualTo(1);
    assertThat(fixture.sender.recipients().size()).isEqualTo(1);
    assertThat(fixture.inFlight.used()).isEqualTo(1);

    gateway.last().answer(new Answer.Accepted("1"));
    assertThat(heard(delivery)).isEqualTo(UNKNOWN_BY_DEADLINE);
  }

  private static Stream<Answer> answersThatAreRetried() {
    return Stream.of(
        new Answer.Busy(Rejected.Reason.WECHAT_BUSY, BUSY),
        new Answer.TokenRejected(BAD_TOKEN),
        new Answer.NotWritten("the gateway cannot know better"));
  }

  @ParameterizedTest
  @MethodSource("answersThatAreRetried")
  void deadline_afterTheWrite_noRetryFollowsTheAnswer(Answer answer) {
    gateway.go(Until.WRITTEN);
    Delivery delivery = fixture.deliver();
    fixture.timer.advance(TIMEOUT);

    gateway.last().answer(answer);

    assertThat(heard(delivery)).isEqualTo(UNKNOWN_BY_DEADLINE);
    assertThat(gateway.attempts()).hasSize(1);
    assertNothingFollows();
  }

  @Test
  void deadline_afterTheWrite_rejectedTokenIsDroppedAllTheSame() {
    gateway.go(Until.WRITTEN);
    Delivery late = fixture.deliver();
    fixture.timer.advance(TIMEOUT);
    gateway.last().answer(new Answer.TokenRejected(BAD_TOKEN));
    gateway.go(Until.ANSWERED);

    Delivery next = fixture.deliver();

    assertThat(heard(late)).isEqualTo(UNKNOWN_BY_DEADLINE);
    assertThat(heard(next)).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(gateway.last().token().value()).isNotEqualTo("token-1");
  }

  @Test
  void deadline_afterTheEnd_changesNothing() {
    Delivery delivery = fixture.deliver();

    fixture.timer.advance(TIMEOUT);

    assertThat(heard(delivery)).isInstanceOf(SendOutcome.Accepted.class);
  }

  private void assertHeardAtTheDeadline(Delivery delivery, SendOutcome expected) {
    fixture.timer.advance(TIMEOUT.minus(A_NANOSECOND));
    assertThat(delivery.answer()).isNotDone();
    fixture.timer.advance(A_NANOSECOND);
    assertThat(heard(delivery)).isEqualTo(expected);
  }

  // Cancellation.

  @Test
  void cancel_waitingForTheRecipient_isNeverWritten() {
    gateway.go(Until.WRITTEN);
    Delivery first = fixture.deliver();
    Delivery second = fixture.deliver();

    second.cancel();
    assertThat(heard(second)).isEqualTo(CANCELLED);
    gateway.last().answer(new Answer.Accepted("1"));

    assertThat(heard(first)).isEqualTo(new SendOutcome.Accepted("1"));
    assertNothingFollows();
  }

  @Test
  void cancel_waitingForAConnection_isNeverWritten() {
    gateway.go(Until.WRITTEN);
    Delivery first = fixture.delivery.deliver(fixture.order("other"));
    Delivery second = fixture.deliver();

    second.cancel();
    assertThat(heard(second)).isEqualTo(CANCELLED);
    gateway.last().answer(new Answer.Accepted("1"));

    assertThat(heard(first)).isEqualTo(new SendOutcome.Accepted("1"));
    assertNothingFollows();
  }

  @Test
  void cancel_waitingForTheToken_isNeverWritten() {
    DeliveryFixture cold = new DeliveryFixture();
    cold.issuer.hold();
    Delivery delivery = cold.deliver();

    delivery.cancel();
    assertThat(heard(delivery)).isEqualTo(CANCELLED);
    cold.issuer.release();

    assertThat(cold.gateway.attempts()).isEmpty();
    cold.assertNothingIsHeld();
  }

  @Test
  void cancel_inThePauseBeforeARetry_isNotWrittenAgain() {
    gateway.script(new Answer.Busy(Rejected.Reason.WECHAT_BUSY, BUSY));
    Delivery delivery = fixture.deliver();

    delivery.cancel();

    assertThat(heard(delivery)).isEqualTo(CANCELLED);
    assertNothingFollows();
    assertThat(gateway.writes()).hasSize(1);
  }

  @Test
  void cancel_whileTheGatewayConnects_theGateIsShut() {
    gateway.go(Until.CALLED);
    Delivery delivery = fixture.deliver();

    delivery.cancel();

    assertThat(heard(delivery)).isEqualTo(CANCELLED);
    assertThat(gateway.last().write()).isFalse();
    assertNothingFollows();
  }

  @Test
  void cancel_afterTheWrite_isUnknownAndNoRetryFollows() {
    gateway.go(Until.WRITTEN);
    Delivery delivery = fixture.deliver();

    delivery.cancel();
    gateway.last().answer(new Answer.Busy(Rejected.Reason.WECHAT_BUSY, BUSY));

    assertThat(heard(delivery))
        .isEqualTo(
            new SendOutcome.Unknown(
                Unknown.Reason.NO_ANSWER, "cancelled after it was written to WeChat"));
    assertNothingFollows();
  }

  @Test
  void cancel_afterTheEndOrTwice_changesNothing() {
    Delivery delivery = fixture.deliver();

    delivery.cancel();
    delivery.cancel();

    assertThat(heard(delivery)).isInstanceOf(SendOutcome.Accepted.class);
  }

  // Faults of a gateway, which should have none.

  @Test
  void gateway_failsBeforeTheWrite_countsAsNotWritten() {
    gateway.go(Until.CALLED);
    Delivery delivery = fixture.deliver();

    gateway.last().breakWith(new IllegalStateException("with a secret"));
    fixture.timer.advance(FIRST_PAUSE);
    gateway.last().breakWith(new IllegalStateException("with a secret"));
    fixture.timer.advance(SECOND_PAUSE);
    gateway.last().breakWith(new IllegalStateException("with a secret"));

    assertUnreachable(heard(delivery), "the message gateway failed: IllegalStateException");
    assertNothingFollows();
  }

  @Test
  void gateway_failsAfterTheWrite_isUnknownAndNotRetried() {
    gateway.go(Until.WRITTEN);
    Delivery delivery = fixture.deliver();

    gateway.last().breakWith(new IllegalStateException("with a secret"));

    assertThat(heard(delivery))
        .isEqualTo(
            new SendOutcome.Unknown(
                Unknown.Reason.NO_ANSWER, "the message gateway failed: IllegalStateException"));
    assertNothingFollows();
  }

  @Test
  void gateway_failsAfterTheDeadline_isNotRetried() {
    gateway.go(Until.WRITTEN);
    Delivery delivery = fixture.deliver();
    fixture.timer.advance(TIMEOUT);

    gateway.last().breakWith(new IllegalStateException("with a secret"));

    assertThat(heard(delivery)).isEqualTo(UNKNOWN_BY_DEADLINE);
    assertNothingFollows();
  }

  @Test
  void gateway_throwsBeforeTheWrite_countsAsNotWritten() {
    Admission broken =
        deliveryWith(
            (message, token, gate) -> {
              throw new IllegalStateException("with a secret");
            });

    Delivery delivery = broken.deliver(fixture.order());
    fixture.timer.advance(FIRST_PAUSE.plus(SECOND_PAUSE));

    assertUnreachable(heard(delivery), "the message gateway failed: IllegalStateException");
  }

  @Test
  void gateway_throwsAfterTheWrite_isUnknown() {
    Admission broken =
        deliveryWith(
            (message, token, gate) -> {
              assertThat(gate.tryPass()).isTrue();
              throw new IllegalStateException("with a secret");
            });

    assertThat(heard(broken.deliver(fixture.order())))
        .isEqualTo(
            new SendOutcome.Unknown(
                Unknown.Reason.NO_ANSWER, "the message gateway failed: IllegalStateException"));
  }

  /** The timer has not run yet, as one that is a little late. */
  @Test
  void write_afterTheDeadline_isRefusedThoughTheTimerIsLate() {
    fixture.warmUp();
    fixture.gateway.go(Until.CALLED);

    Delivery delivery = fixture.delivery.deliver(fixture.order(Duration.ZERO));

    assertThat(fixture.gateway.last().write()).isFalse();
    assertThat(DeliveryFixture.heard(delivery))
        .isInstanceOfSatisfying(
            SendOutcome.NotSent.class,
            no -> assertThat(no.reason()).isEqualTo(NotSent.Reason.DEADLINE_BEFORE_SEND));
  }

  private Admission deliveryWith(MessageGateway gateway) {
    return new Admission(
        fixture.inFlight,
        TestLedgers.inMemory(10, fixture.clock.nanos()),
        SubscriptionCheck.NONE,
        fixture.sender(gateway, fixture.timer),
        Duration.ofSeconds(5),
        new OutcomeLog(fixture.logTimer));
  }

  // Who gives up leaves at once, wherever the message waits.

  @Test
  void cancel_waitingForAConnection_holdsNothingAnyMore() {
    gateway.go(Until.WRITTEN);
    Delivery first = fixture.delivery.deliver(fixture.order("other"));
    Delivery waiting = fixture.deliver();
    assertThat(fixture.connections.waiting(Lane.SINGLE)).isEqualTo(1);

    waiting.cancel();

    assertThat(fixture.connections.waiting(Lane.SINGLE)).isZero();
    assertThat(fixture.inFlight.used()).isEqualTo(1);
    assertThat(fixture.sender.recipients().size()).isEqualTo(1);
    gateway.last().answer(new Answer.Accepted("1"));
    assertThat(heard(first)).isEqualTo(new SendOutcome.Accepted("1"));
  }

  @Test
  void cancel_waitingForTheRecipient_holdsNothingAnyMore() {
    gateway.go(Until.WRITTEN);
    Delivery first = fixture.deliver();
    Delivery waiting = fixture.deliver();
    Delivery last = fixture.deliver();
    assertThat(fixture.inFlight.used()).isEqualTo(3);

    waiting.cancel();

    assertThat(fixture.inFlight.used()).isEqualTo(2);
    gateway.go(Until.ANSWERED);
    gateway.last().answer(new Answer.Accepted("1"));
    assertThat(heard(first)).isEqualTo(new SendOutcome.Accepted("1"));
    assertThat(heard(last)).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(gateway.attempts()).hasSize(2);
  }

  @Test
  void cancel_waitingForTheToken_holdsNothingAnyMore() {
    App tokenless = fixture.app("wx-tokenless");
    fixture.issuer.hold();
    Order order =
        new Order(
            tokenless,
            Samples.message(),
            MessageKind.SUBSCRIBE,
            "caller",
            "",
            Lane.SINGLE,
            TIMEOUT,
            Trace.NONE,
            Instant.EPOCH,
            false);
    Delivery waiting = fixture.delivery.deliver(order);
    Delivery behind = fixture.delivery.deliver(order);
    assertThat(fixture.inFlight.used()).isEqualTo(2);

    waiting.cancel();
    assertThat(fixture.inFlight.used()).isEqualTo(1);
    behind.cancel();

    assertThat(fixture.inFlight.used()).isZero();
    assertThat(fixture.sender.recipients().size()).isZero();
    fixture.issuer.release();
    assertThat(gateway.attempts()).isEmpty();
    tokenless.tokens().close();
  }

  @Test
  void cancel_pausingBeforeARetry_holdsNothingAnyMore() {
    WeChatError error = new WeChatError(-1, "system error", "1-1-1");
    gateway.script(new Answer.Busy(Rejected.Reason.WECHAT_BUSY, error));
    int tasks = fixture.timer.pending();
    Delivery pausing = fixture.deliver();

    pausing.cancel();

    assertThat(fixture.inFlight.used()).isZero();
    assertThat(fixture.timer.pending()).as("tasks").isEqualTo(tasks);
    assertNothingFollows();
  }
}
