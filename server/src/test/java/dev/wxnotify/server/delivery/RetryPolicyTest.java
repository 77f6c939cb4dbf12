package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RetryPolicyTest {

  @ParameterizedTest
  @CsvSource({"1, true", "2, true", "3, false", "4, false"})
  void allowsAnother_attempts_areThreeAtMost(int attemptsSoFar, boolean expected) {
    assertThat(new RetryPolicy(() -> 0).allowsAnother(attemptsSoFar)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0.0, 50",
    "1, 0.5, 75",
    "1, 0.9999999, 99",
    "2, 0.0, 150",
    "2, 0.5, 225",
    "2, 0.9999999, 299"
  })
  void pauseAfter_attempt_isBetweenHalfAndAllOfItsStep(
      int attemptsSoFar, double random, long millis) {
    assertThat(new RetryPolicy(() -> random).pauseAfter(attemptsSoFar))
        .isEqualTo(Duration.ofMillis(millis));
  }

  @RepeatedTest(100)
  void pauseAfter_realRandom_staysWithinItsBounds() {
    RetryPolicy policy = new RetryPolicy(() -> ThreadLocalRandom.current().nextDouble());

    assertThat(policy.pauseAfter(1)).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
    assertThat(policy.pauseAfter(2)).isBetween(Duration.ofMillis(150), Duration.ofMillis(300));
  }
}
