package dev.wxnotify.sandbox;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;

/** The calendar of quotas. WeChat does not say when its day begins; here it begins in Beijing. */
final class BeijingTime {

  private static final ZoneOffset OFFSET = ZoneOffset.ofHours(8);
  private static final long SECONDS_PER_DAY = 86_400;

  private BeijingTime() {}

  static long day(Instant now) {
    return Math.floorDiv(now.getEpochSecond() + OFFSET.getTotalSeconds(), SECONDS_PER_DAY);
  }

  static YearMonth month(Instant now) {
    return YearMonth.from(now.atOffset(OFFSET));
  }
}
