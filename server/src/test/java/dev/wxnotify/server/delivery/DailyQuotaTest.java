package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.DailyQuota.Pass;
import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.testing.Concurrently;
import dev.wxnotify.server.testing.FakeClock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DailyQuotaTest {
  private static final WeChatError ERROR = new WeChatError(45009, "reach max api daily", "1-1-1");
  private static final WeChatError LATER = new WeChatError(45009, "reach max api daily", "2-2-2");
  private static final Answer USED_UP = usedUp(ERROR);
  private static final Answer TAKEN = new Answer.Accepted("7");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final FakeClock clock = new FakeClock();
  private final DailyQuota quota = new DailyQuota("wx-app", clock.nanos());

  private static Answer usedUp(WeChatError error) {
    return new Answer.Rejected(Rejected.Reason.DAILY_QUOTA_EXHAUSTED, error, List.of());
  }

  private Pass enter() {
    Pass pass = quota.enter();
    assertThat(pass).as("it is let out").isNotNull();
    return Objects.requireNonNull(pass);
  }

  private void assertStopped() {
    assertThat(quota.isStopped()).isTrue();
    assertThat(quota.enter()).isNull();
  }

  private void assertOpen() {
    assertThat(quota.isStopped()).isFalse();
    assertThat(quota.why()).isNull();
    assertThat(quota.enter()).isNotNull();
  }

  @Test
  void enter_nothingWasSaid_letsEverybodyOut() {
    Pass pass = enter();

    assertThat(quota.answered(pass, TAKEN)).isFalse();
    assertThat(enter()).isSameAs(pass);
    assertOpen();
  }

  @Test
  void answered_usedUp_stopsAtOnceAndSaysSoOnce() {
    Pass pass = enter();

    assertThat(quota.answered(pass, USED_UP)).isTrue();
    assertThat(quota.answered(pass, usedUp(LATER))).isFalse();

    assertStopped();
    assertThat(quota.isValid(pass)).as("those on the way to be written").isFalse();
    assertThat(quota.why()).isEqualTo(ERROR);
  }

  @Test
  void enter_aMinuteLater_letsOneOut() {
    quota.answered(enter(), USED_UP);

    clock.advance(MINUTE.minusNanos(1));
    assertStopped();
    clock.advance(Duration.ofNanos(1));
    Pass probe = enter();
    assertThat(quota.isValid(probe)).isTrue();
    assertStopped();
    clock.advance(MINUTE.multipliedBy(10));
    assertStopped();
  }

  @Test
  void answered_probeIsTaken_opens() {
    quota.answered(enter(), USED_UP);
    clock.advance(MINUTE);

    assertThat(quota.answered(enter(), TAKEN)).isFalse();

    assertOpen();
  }

  @Test
  void answered_probeIsRefusedToo_stopsForAnotherMinute() {
    quota.answered(enter(), USED_UP);
    clock.advance(MINUTE);

    assertThat(quota.answered(enter(), usedUp(LATER))).as("it was stopped before").isFalse();

    assertThat(quota.why()).isEqualTo(LATER);
    clock.advance(MINUTE.minusNanos(1));
    assertStopped();
    clock.advance(Duration.ofNanos(1));
    enter();
  }

  private static Stream<Answer> answersThatProveNothing() {
    return Stream.of(
        new Answer.Rejected(
            Rejected.Reason.USER_NOT_SUBSCRIBED, new WeChatError(43101, "", ""), List.of()),
        new Answer.Busy(Rejected.Reason.WECHAT_BUSY, new WeChatError(-1, "", "")),
        new Answer.TokenRejected(new WeChatError(40001, "", "")),
        new Answer.CredentialsRejected(new WeChatError(40164, "", "")),
        new Answer.NotWritten("refused"),
        new Answer.NoAnswer("reset"));
  }

  @ParameterizedTest
  @MethodSource("answersThatProveNothing")
  void answered_probeProvesNothing_hasTheNextMessageProbe(Answer answer) {
    quota.answered(enter(), USED_UP);
    clock.advance(MINUTE);
    quota.answered(enter(), answer);

    assertThat(quota.isStopped()).isTrue();
    Pass next = enter();
    assertStopped();
    quota.answered(next, TAKEN);
    assertOpen();
  }

  /** The messages in flight when the quota ran out are answered in any order. */
  @Test
  void answered_lateAndTaken_doesNotOpen() {
    Pass pass = enter();
    quota.answered(pass, USED_UP);

    quota.answered(pass, TAKEN);
    assertStopped();

    clock.advance(MINUTE);
    enter();
    quota.answered(pass, TAKEN);
    assertStopped();
  }

  @Test
  void answered_lateAndUsedUp_doesNotStopWhatIsOpenAgain() {
    Pass before = enter();
    quota.answered(before, USED_UP);
    clock.advance(MINUTE);
    Pass probe = enter();
    quota.answered(probe, TAKEN);

    assertThat(quota.answered(before, usedUp(LATER))).isFalse();
    assertThat(quota.answered(probe, usedUp(LATER))).isFalse();

    assertOpen();
    assertThat(quota.answered(enter(), usedUp(LATER))).as("this one is news").isTrue();
    assertStopped();
  }

  @Test
  void enter_manyThreadsAtTheMinute_letsOneOut() throws Exception {
    quota.answered(enter(), USED_UP);
    clock.advance(MINUTE);

    List<Boolean> letOut = Concurrently.run(16, thread -> quota.enter() != null).resultsOfAll();

    assertThat(letOut).containsOnlyOnce(true);
  }

  @Test
  void cleared_whileStopped_letsEverybodyOut_andOldAnswersAreNoNews() {
    Pass before = enter();
    quota.answered(before, USED_UP);

    quota.cleared();

    assertOpen();
    assertThat(quota.answered(before, USED_UP)).isFalse();
    assertOpen();
    assertThat(quota.answered(enter(), USED_UP)).isTrue();
    assertStopped();
  }

  @Test
  void cleared_whileProbing_doesNotWaitForTheProbe() {
    quota.answered(enter(), USED_UP);
    clock.advance(MINUTE);
    Pass probe = enter();

    quota.cleared();

    assertOpen();
    assertThat(quota.answered(probe, USED_UP)).isFalse();
    assertOpen();
  }

  @Test
  void cleared_whileOpen_leavesThoseOnTheWayValid() {
    Pass pass = enter();

    quota.cleared();

    assertThat(quota.isValid(pass)).isTrue();
  }
}
