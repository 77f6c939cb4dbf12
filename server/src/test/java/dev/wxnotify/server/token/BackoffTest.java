package dev.wxnotify.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.token.IssueResult.Failure;
import dev.wxnotify.server.token.IssueResult.Refused;
import dev.wxnotify.server.token.IssueResult.Unavailable;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BackoffTest {
  private static final double LEAST = 0.0;
  private static final double MOST = Math.nextDown(1.0);
  private static final Failure UNAVAILABLE = new Unavailable("no route");
  private static final Failure BUSY = new Refused(Refused.Kind.BUSY, -1, "system error", "");
  private static final Failure WRONG_SECRET =
      new Refused(Refused.Kind.CREDENTIALS, 40125, "invalid appsecret", "");

  static Stream<Failure> passing() {
    return Stream.of(UNAVAILABLE, BUSY);
  }

  @ParameterizedTest
  @MethodSource("passing")
  void next_failuresThatPass_doublesFromHalfASecondToHalfAMinute(Failure failure) {
    assertThat(pauses(LEAST, failure, 9))
        .containsExactly(250L, 500L, 1_000L, 2_000L, 4_000L, 8_000L, 15_000L, 15_000L, 15_000L);
    assertThat(pauses(MOST, failure, 9))
        .containsExactly(499L, 999L, 1_999L, 3_999L, 7_999L, 15_999L, 29_999L, 29_999L, 29_999L);
  }

  @Test
  void next_refusalOnlyTheOperatorCanMend_doublesFromTenSecondsToFiveMinutes() {
    assertThat(pauses(LEAST, WRONG_SECRET, 7))
        .containsExactly(5_000L, 10_000L, 20_000L, 40_000L, 80_000L, 150_000L, 150_000L);
    assertThat(pauses(MOST, WRONG_SECRET, 7))
        .containsExactly(9_999L, 19_999L, 39_999L, 79_999L, 159_999L, 299_999L, 299_999L);
  }

  @Test
  void next_failingForWeeks_staysAtTheLongest() {
    assertThat(pauses(LEAST, UNAVAILABLE, 100_000).get(99_999)).isEqualTo(15_000L);
    assertThat(pauses(LEAST, WRONG_SECRET, 100_000).get(99_999)).isEqualTo(150_000L);
  }

  @Test
  void reset_afterFailures_startsOver() {
    Backoff backoff = new Backoff(() -> LEAST);
    assertThat(backoff.next(UNAVAILABLE)).isEqualTo(Duration.ofMillis(250));
    assertThat(backoff.next(UNAVAILABLE)).isEqualTo(Duration.ofMillis(500));

    backoff.reset();

    assertThat(backoff.next(UNAVAILABLE)).isEqualTo(Duration.ofMillis(250));
  }

  private static List<Long> pauses(double random, Failure failure, int count) {
    Backoff backoff = new Backoff(() -> random);
    return IntStream.range(0, count).mapToObj(i -> backoff.next(failure).toMillis()).toList();
  }
}
