package dev.wxnotify.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SteadinessTest {

  @Test
  void isReached_fewerRoundsThanTheWindow_isFalse() {
    assertThat(Steadiness.isReached(Rounds.of(20, 20, 20))).isFalse();
  }

  @Test
  void isReached_everyRoundOfTheWindowNearTheMedian_isTrue() {
    assertThat(Steadiness.isReached(Rounds.of(300, 80, 20.5, 20, 19.2, 20))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(doubles = {18.9, 21.1})
  void isReached_oneRoundOfTheWindowFarFromTheMedian_isFalse(double last) {
    assertThat(Steadiness.isReached(Rounds.of(20, 20, 20, last))).isFalse();
  }

  @Test
  void isReached_stillGettingFaster_isFalse() {
    assertThat(Steadiness.isReached(Rounds.of(24, 22.5, 21, 20))).isFalse();
  }

  @Test
  void isReached_onlyEarlierRoundsWereSteady_isFalse() {
    assertThat(Steadiness.isReached(Rounds.of(20, 20, 20, 20, 30))).isFalse();
  }

  @Test
  void isReached_differenceOfOneStepOfTheClock_isTrue() {
    Round hundredMillis = new Round(1_000, 1, 0, 0.1);
    Round oneStepMore = new Round(1_000, 1, 0, 0.11);

    assertThat(
            Steadiness.isReached(List.of(hundredMillis, oneStepMore, hundredMillis, hundredMillis)))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(doubles = {18, 22})
  void isKept_laterMedianElsewhere_isFalse(double later) {
    assertThat(Steadiness.isKept(Rounds.of(20, 20, 20), Rounds.of(later, later, 20))).isFalse();
  }

  @Test
  void isKept_oneNoisyRound_isTrue() {
    assertThat(Steadiness.isKept(Rounds.of(20, 20, 20), Rounds.of(20, 35, 20.4))).isTrue();
  }
}
