package dev.wxnotify.sandbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Instant;

/** What one app has used of one quota. */
final class QuotaCounter {

  private static final long SECONDS_PER_MINUTE = 60;

  private final Quota quota;

  @GuardedBy("this")
  private long day;

  @GuardedBy("this")
  private long minute;

  @GuardedBy("this")
  private long usedInDay;

  @GuardedBy("this")
  private long usedInMinute;

  QuotaCounter(Quota quota) {
    this.quota = quota;
  }

  synchronized void take(Instant now) throws Refused {
    turn(now);
    if (quota.perDay() > 0 && usedInDay >= quota.perDay()) {
      throw new Refused(ErrorTexts.DAILY_QUOTA);
    }
    if (quota.perMinute() > 0 && usedInMinute >= quota.perMinute()) {
      throw new Refused(ErrorTexts.MINUTE_QUOTA);
    }
    usedInDay++;
    usedInMinute++;
  }

  synchronized long usedInDay(Instant now) {
    turn(now);
    return usedInDay;
  }

  synchronized void clear() {
    usedInDay = 0;
    usedInMinute = 0;
  }

  @GuardedBy("this")
  private void turn(Instant now) {
    long today = BeijingTime.day(now);
    if (today != day) {
      day = today;
      usedInDay = 0;
    }
    long thisMinute = Math.floorDiv(now.getEpochSecond(), SECONDS_PER_MINUTE);
    if (thisMinute != minute) {
      minute = thisMinute;
      usedInMinute = 0;
    }
  }
}
