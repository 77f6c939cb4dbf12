package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class QuotaResetTest {

  @ParameterizedTest
  @CsvSource({
    // Midnight in Beijing is 16:00 UTC.
    "2026-11-11T15:59:59.999999999Z, PT0.000000001S",
    "2026-11-11T16:00:00Z, PT24H",
    "2026-11-11T16:00:01Z, PT23H59M59S",
    "2026-11-11T00:00:00Z, PT16H",
    "2026-12-31T12:00:00Z, PT4H"
  })
  void after_dailyQuota_endsAtMidnightInBeijing(Instant now, Duration expected) {
    assertThat(QuotaReset.after(Rejected.Reason.DAILY_QUOTA_EXHAUSTED, now)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-11T10:00:00Z, PT60S",
    "2026-11-11T10:00:00.000000001Z, PT59.999999999S",
    "2026-11-11T10:00:30.5Z, PT29.5S",
    "2026-11-11T10:59:59Z, PT1S"
  })
  void after_minuteQuota_endsWithTheMinute(Instant now, Duration expected) {
    assertThat(QuotaReset.after(Rejected.Reason.RATE_LIMITED, now)).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(
      value = Rejected.Reason.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"DAILY_QUOTA_EXHAUSTED", "RATE_LIMITED"})
  void after_anyOtherReason_isNothing(Rejected.Reason reason) {
    assertThat(QuotaReset.after(reason, Instant.EPOCH)).isNull();
  }
}
