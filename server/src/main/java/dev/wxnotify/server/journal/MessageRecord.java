package dev.wxnotify.server.journal;

import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.message.MessageKind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of one message; never its content.
 *
 * @param appId the app that sent it
 * @param messageId WeChat's msgid in decimal digits; empty where WeChat gave none
 * @param requestId the caller's id of the message; empty for none
 * @param caller the caller that sent it; empty where the server has no callers
 * @param openId the recipient
 * @param templateId the template
 * @param kind what the caller requested
 * @param outcome what really happened to it
 * @param reason the name of the core's reason, such as {@code INVALID_OPEN_ID}; empty for an
 *     accepted message
 * @param error WeChat's error; null where WeChat gave none
 * @param beganAt when the server received it
 * @param endedAt when its outcome was known
 * @param attempts how many requests were written to WeChat for it
 */
public record MessageRecord(
    String appId,
    String messageId,
    String requestId,
    String caller,
    String openId,
    String templateId,
    MessageKind kind,
    Outcome outcome,
    String reason,
    @Nullable WeChatError error,
    Instant beganAt,
    Instant endedAt,
    int attempts) {

  /** What happened to a message. */
  public enum Outcome {
    /** WeChat took it. */
    ACCEPTED,
    /** WeChat rejected it. */
    REJECTED,
    /** It never left the server. */
    NOT_SENT,
    /** It was written, and no answer came. */
    UNKNOWN
  }
}
