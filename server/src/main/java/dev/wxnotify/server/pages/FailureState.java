package dev.wxnotify.server.pages;

import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.WeChatError;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How often messages of an app failed for one reason within the last hour.
 *
 * @param appId the app
 * @param last the last outcome; all of them have its reason
 * @param reason the name of the reason, such as {@code INVALID_OPEN_ID}
 * @param error WeChat's last answer; null where there was none
 * @param count how many
 * @param lastAt when the last one failed
 * @param meaning what WeChat's errcode means; empty where there is none, or it is not known
 * @param action what to do about it; empty where there is none, or it is not known
 */
record FailureState(
    String appId,
    SendOutcome last,
    String reason,
    @Nullable WeChatError error,
    long count,
    Instant lastAt,
    String meaning,
    String action) {}
