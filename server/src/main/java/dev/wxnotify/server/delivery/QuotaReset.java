package dev.wxnotify.server.delivery;

import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** When WeChat resets its quotas. */
final class QuotaReset {
  /**
   * WeChat does not publish the hour of the reset; midnight in Beijing is the common assumption.
   */
  private static final ZoneId BEIJING = ZoneId.of("Asia/Shanghai");

  private QuotaReset() {}

  /**
   * Returns how long to wait after a rejection for {@code reason}; null where waiting does not
   * help.
   */
  static @Nullable Duration after(Rejected.Reason reason, Instant now) {
    return switch (reason) {
      case DAILY_QUOTA_EXHAUSTED -> {
        ZonedDateTime here = now.atZone(BEIJING);
        yield Duration.between(here, here.truncatedTo(ChronoUnit.DAYS).plusDays(1));
      }
      case RATE_LIMITED ->
          Duration.between(now, now.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES));
      case INVALID_OPEN_ID,
          INVALID_TEMPLATE,
          INVALID_PAGE,
          INVALID_TEMPLATE_DATA,
          CONTENT_BLOCKED,
          USER_NOT_SUBSCRIBED,
          APP_RESTRICTED,
          WECHAT_BUSY,
          RECIPIENT_BUSY,
          REQUEST_ID_CONFLICT,
          UNRECOGNIZED_WECHAT_ERROR ->
          null;
    };
  }
}
