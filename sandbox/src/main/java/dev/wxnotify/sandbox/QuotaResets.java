package dev.wxnotify.sandbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.InstantSource;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.Map;

/** Resets the quotas of an app, ten times a month, by whichever call. */
final class QuotaResets {

  private static final int PER_MONTH = 10;

  private record Key(String appId, YearMonth month) {}

  private final Quotas quotas;
  private final InstantSource clock;

  @GuardedBy("this")
  private final Map<Key, Integer> made = new HashMap<>();

  QuotaResets(Quotas quotas, InstantSource clock) {
    this.quotas = quotas;
    this.clock = clock;
  }

  void reset(String appId) throws Refused {
    takeTurn(new Key(appId, BeijingTime.month(clock.instant())));
    quotas.clear(appId);
  }

  private synchronized void takeTurn(Key key) throws Refused {
    if (made.merge(key, 1, Integer::sum) > PER_MONTH) {
      throw new Refused(ErrorTexts.CLEARED_TOO_OFTEN);
    }
  }
}
