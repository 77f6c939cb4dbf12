package dev.wxnotify.server.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.wxnotify.server.testing.TestTokens;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TokenPolicyTest {
  private static final Instant RECEIVED = Instant.parse("2026-03-01T08:00:00Z");

  /** Lifetime; how long before its end it becomes stale; how long before its end it is unusable. */
  static Stream<Arguments> lives() {
    return Stream.of(
        Arguments.of(Duration.ofSeconds(7200), Duration.ofSeconds(240), Duration.ofSeconds(10)),
        Arguments.of(Duration.ofSeconds(300), Duration.ofMillis(37_500), Duration.ofSeconds(10)),
        Arguments.of(Duration.ofSeconds(30), Duration.ofMillis(3_750), Duration.ofMillis(1_500)));
  }

  @ParameterizedTest
  @MethodSource("lives")
  void freshness_aroundEveryBoundary_changesAtTheNanosecond(
      Duration life, Duration staleBefore, Duration unusableBefore) {
    Instant end = RECEIVED.plus(life);
    AccessToken token = TestTokens.token("secret", RECEIVED, end);
    Instant stale = end.minus(staleBefore);
    Instant unusable = end.minus(unusableBefore);

    assertThat(freshness(token, RECEIVED)).isEqualTo(Freshness.FRESH);
    assertThat(freshness(token, stale.minusNanos(1))).isEqualTo(Freshness.FRESH);
    assertThat(freshness(token, stale)).isEqualTo(Freshness.STALE);
    assertThat(freshness(token, stale.plusNanos(1))).isEqualTo(Freshness.STALE);
    assertThat(freshness(token, unusable.minusNanos(1))).isEqualTo(Freshness.STALE);
    assertThat(freshness(token, unusable)).isEqualTo(Freshness.EXPIRED);
    assertThat(freshness(token, unusable.plusNanos(1))).isEqualTo(Freshness.EXPIRED);
    assertThat(freshness(token, end.minusNanos(1))).isEqualTo(Freshness.EXPIRED);
    assertThat(freshness(token, end)).isEqualTo(Freshness.EXPIRED);
    assertThat(freshness(token, end.plusNanos(1))).isEqualTo(Freshness.EXPIRED);
  }

  @ParameterizedTest
  @MethodSource("lives")
  void moments_ofEveryLife_areTheBoundaries(
      Duration life, Duration staleBefore, Duration unusableBefore) {
    Instant end = RECEIVED.plus(life);
    AccessToken token = TestTokens.token("secret", RECEIVED, end);

    assertThat(TokenPolicy.DEFAULT.staleAt(token)).isEqualTo(end.minus(staleBefore));
    assertThat(TokenPolicy.DEFAULT.unusableAt(token)).isEqualTo(end.minus(unusableBefore));
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "30", "300", "1920", "1921", "7200"})
  void defaultMargins_anyLife_leaveWeChatTheOverlap(long seconds) {
    Instant end = RECEIVED.plusSeconds(seconds);
    AccessToken token = TestTokens.token("secret", RECEIVED, end);

    Instant stale = TokenPolicy.DEFAULT.staleAt(token);

    assertThat(Duration.between(stale, end)).isLessThan(Duration.ofMinutes(5));
    assertThat(stale).isAfter(RECEIVED).isBefore(TokenPolicy.DEFAULT.unusableAt(token));
  }

  @Test
  void constructor_marginsThatLeaveNoTime_areRefused() {
    Duration second = Duration.ofSeconds(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TokenPolicy(second, second))
        .withMessageContaining("staleMargin: PT1S (expected: > expiryMargin PT1S)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TokenPolicy(second, second.plusNanos(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TokenPolicy(second, Duration.ofNanos(-1)));

    assertThat(new TokenPolicy(second.plusNanos(1), second).expiryMargin()).isEqualTo(second);
    assertThat(new TokenPolicy(second, Duration.ZERO).expiryMargin()).isZero();
  }

  private static Freshness freshness(AccessToken token, Instant now) {
    return TokenPolicy.DEFAULT.freshness(token, now);
  }
}
