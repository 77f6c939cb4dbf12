package dev.wxnotify.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SteadinessTest {

  @Test
  void isReached_fewerRoundsThanTheWindow_isFalse() {
    assertThat(Steadiness.isReached(Rounds.of(20, 20, 20, 20, 20, 20, 20, 20, 20))).isFalse();
  }

  @Test
  void isReached_halvesOfTheSameMedian_isTrue() {
    assertThat(Steadiness.isReached(Rounds.of(300, 80, 22, 18, 20, 27, 19, 20.5, 17, 24, 19.5, 20)))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(doubles = {18.9, 21.1})
  void isReached_laterHalfOfAnotherMedian_isFalse(double later) {
    assertThat(Steadiness.isReached(Rounds.of(20, 20, 20, 20, 20, later, later, later, 20, 20)))
        .isFalse();
  }

  @Test
  void isReached_stillGettingFaster_isFalse() {
    assertThat(
            Steadiness.isReached(Rounds.of(24, 23.5, 23, 22.7, 22.4, 22.1, 21.8, 21.4, 21, 20.6)))
        .isFalse();
  }

  @Test
  void isReached_onlyEarlierRoundsWereSteady_isFalse() {
    assertThat(
            Steadiness.isReached(
                Rounds.of(20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 30, 30, 30)))
        .isFalse();
  }

  @Test
  void isReached_differenceOfOneStepOfTheClock_isTrue() {
    Round hundredMillis = new Round(1_000, 1, 0, 0.1);
    Round oneStepMore = new Round(1_000, 1, 0, 0.11);

    assertThat(
            Steadiness.isReached(
                Stream.concat(
                        Collections.nCopies(5, hundredMillis).stream(),
                        Collections.nCopies(5, oneStepMore).stream())
                    .toList()))
        .isTrue();
  }

  @Test
  void isKept_laterMedianCheaper_isFalse() {
    assertThat(Steadiness.isKept(Rounds.of(20, 20, 20), Rounds.of(18, 18, 20), 1)).isFalse();
  }

  @Test
  void isKept_laterMedianDearer_isTrue() {
    assertThat(Steadiness.isKept(Rounds.of(20, 20, 20), Rounds.of(22, 22, 20), 1)).isTrue();
  }

  @Test
  void isKept_asMuchCheaperAsAllOthers_isTrue() {
    assertThat(Steadiness.isKept(Rounds.of(20, 20, 20), Rounds.of(16, 16, 16), 0.8)).isTrue();
  }

  @Test
  void isKept_asDearAsBeforeWhereAllOthersAreDearer_isFalse() {
    assertThat(Steadiness.isKept(Rounds.of(20, 20, 20), Rounds.of(20, 20, 20), 1.2)).isFalse();
  }

  @Test
  void change_isThatOfTheMedians() {
    assertThat(Steadiness.change(Rounds.of(20, 20, 90), Rounds.of(10, 30, 30))).isEqualTo(1.5);
  }

  @Test
  void isKept_oneNoisyRound_isTrue() {
    assertThat(Steadiness.isKept(Rounds.of(20, 20, 20), Rounds.of(20, 35, 19.6), 1)).isTrue();
  }
}
