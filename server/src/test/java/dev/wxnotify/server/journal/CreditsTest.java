package dev.wxnotify.server.journal;

import static dev.wxnotify.server.journal.JournalSamples.KEY;
import static dev.wxnotify.server.journal.JournalSamples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.journal.Event.Source;
import dev.wxnotify.server.journal.SubscriptionHistory.Acceptance;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How acceptances and sends are counted. */
class CreditsTest {
  private static Acceptance pushed(int second) {
    return new Acceptance(T0.plusSeconds(second), Source.POPUP);
  }

  private static Acceptance reported(int second) {
    return new Acceptance(T0.plusSeconds(second), Source.REPORTED);
  }

  private static OptionalInt open(List<Acceptance> acceptances, int... sends) {
    Instant accepted = acceptances.isEmpty() ? T0 : acceptances.get(acceptances.size() - 1).at();
    return Credits.of(
        new SubscriptionHistory(
            KEY,
            new SubscriptionTimes(accepted, null, null, null),
            acceptances,
            IntStream.of(sends).mapToObj(T0::plusSeconds).toList()));
  }

  private static OptionalInt closed(@Nullable Instant rejected, @Nullable Instant refused) {
    return Credits.of(
        new SubscriptionHistory(
            KEY,
            new SubscriptionTimes(T0, rejected, refused, null),
            List.of(pushed(20)),
            List.of()));
  }

  @Test
  void acceptances_addOneEach_andSendsTakeOne() {
    assertThat(open(List.of(pushed(0)))).hasValue(1);
    assertThat(open(List.of(pushed(0), pushed(1), pushed(1)))).hasValue(3);
    assertThat(open(List.of(pushed(0), pushed(10), pushed(20)), 5, 25)).hasValue(1);
    assertThat(open(List.of(pushed(0)), 5)).hasValue(0);
  }

  @Test
  void credits_areNeverBelowZero() {
    assertThat(open(List.of(pushed(0)), 1, 2, 3)).hasValue(0);
  }

  @Test
  void sendsBeforeAnAcceptance_takeNothingOfIt() {
    assertThat(open(List.of(pushed(10)), 1, 2, 3)).hasValue(1);
    assertThat(open(List.of(pushed(0), pushed(10)), 1, 2, 3, 11)).hasValue(0);
  }

  @Test
  void sendInTheSecondOfTheAcceptance_takesIt() {
    assertThat(open(List.of(pushed(10)), 10)).hasValue(0);
  }

  @Test
  void sameAcceptance_pushedAndReportedWithinAMinute_countsOnce() {
    assertThat(open(List.of(pushed(0), reported(60)))).hasValue(1);
    assertThat(open(List.of(reported(0), pushed(60)))).hasValue(1);
    assertThat(open(List.of(pushed(0), reported(61)))).hasValue(2);
    assertThat(open(List.of(reported(0), pushed(61)))).hasValue(2);
    assertThat(open(List.of(reported(0), reported(1)))).hasValue(2);
    assertThat(open(List.of(pushed(0), pushed(1)))).hasValue(2);
    assertThat(open(List.of(pushed(0), reported(1), reported(2)))).hasValue(2);
    assertThat(open(List.of(pushed(0), reported(1), pushed(2), reported(3)))).hasValue(2);
    assertThat(open(List.of(reported(0), pushed(50), reported(100), pushed(150)))).hasValue(2);
    assertThat(
            open(
                List.of(
                    pushed(0), new Acceptance(T0.plusSeconds(5), Source.SETTINGS), reported(6))))
        .hasValue(2);
  }

  @Test
  void closedSubscription_hasNone() {
    assertThat(closed(T0.plusSeconds(30), null)).hasValue(0);
    assertThat(closed(null, T0.plusSeconds(30))).hasValue(0);
  }

  @Test
  void whereNothingIsKnown_creditsAreNotEither() {
    assertThat(
            Credits.of(new SubscriptionHistory(KEY, SubscriptionTimes.NONE, List.of(), List.of())))
        .isEmpty();
    assertThat(open(List.of())).isEmpty();
    assertThat(open(List.of(), 5)).isEmpty();
  }
}
