package dev.wxnotify.server.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.wxnotify.server.testing.TestTokens;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AccessTokenTest {
  private static final Instant NOW = Instant.parse("2026-03-01T08:00:00Z");
  private static final String VALUE = "98_bK3secretVALUE-x_Zq";
  private static final AccessToken TOKEN = TestTokens.token(VALUE, NOW, NOW.plusSeconds(7200));

  static Stream<Object> holders() {
    return Stream.of(
        TOKEN,
        new IssueResult.Issued(VALUE, Duration.ofHours(2)),
        TokenFetch.Result.of(TOKEN),
        Optional.of(TOKEN),
        List.of(TOKEN),
        Map.of(TOKEN, new IssueResult.Issued(VALUE, Duration.ofHours(2))));
  }

  @ParameterizedTest
  @MethodSource("holders")
  void toString_ofWhateverHoldsTheToken_hasNoPartOfTheValue(Object holder) {
    assertHidesTheValue(holder.toString());
  }

  @Test
  void constructor_noLifeLeft_saysSoWithoutTheValue() {
    for (Duration life : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      Throwable refusal = catchThrowable(() -> TestTokens.token(VALUE, NOW, NOW.plus(life)));

      assertThat(refusal)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expiresAt")
          .hasNoCause();
      assertHidesTheValue(refusal.toString());
    }
  }

  @Test
  void constructor_emptyValue_isRefused() {
    assertThat(catchThrowable(() -> TestTokens.token("", NOW, NOW.plusSeconds(1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("value is empty");
  }

  @Test
  void fingerprint_ofTheSameValue_isTheSameAndShort() {
    AccessToken again = TestTokens.token(VALUE, NOW.plusSeconds(9), NOW.plusSeconds(99));
    AccessToken other = TestTokens.token(VALUE + "x", NOW, NOW.plusSeconds(7200));

    assertThat(TOKEN.fingerprint()).matches("[0-9a-f]{8}").isEqualTo(again.fingerprint());
    assertThat(other.fingerprint()).isNotEqualTo(TOKEN.fingerprint());
  }

  @Test
  void isSameAs_handedOutAgain_looksAtTheValueOnly() {
    AccessToken again = TestTokens.token(VALUE, NOW.plusSeconds(60), NOW.plusSeconds(7199));
    AccessToken other = TestTokens.token(VALUE + "x", NOW, NOW.plusSeconds(7200));

    assertThat(TOKEN.isSameAs(again)).isTrue();
    assertThat(TOKEN.isSameAs(other)).isFalse();
  }

  @Test
  void isNewerThan_twoTokens_looksAtTheEndOnly() {
    AccessToken receivedLaterEndsEarlier =
        TestTokens.token("other", NOW.plusSeconds(60), NOW.plusSeconds(7200).minusNanos(1));

    assertThat(TOKEN.isNewerThan(receivedLaterEndsEarlier)).isTrue();
    assertThat(receivedLaterEndsEarlier.isNewerThan(TOKEN)).isFalse();
    assertThat(TOKEN.isNewerThan(TOKEN)).isFalse();
  }

  private static void assertHidesTheValue(String text) {
    for (int from = 0; from + 4 <= VALUE.length(); from++) {
      assertThat(text).doesNotContain(VALUE.substring(from, from + 4));
    }
  }
}
