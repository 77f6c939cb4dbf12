package dev.wxnotify.server.delivery;

import dev.wxnotify.server.message.Violation;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The true outcome of one message. Exactly four cases; each is a value and not an exception, since
 * a rejection by WeChat is an everyday case.
 */
public sealed interface SendOutcome {

  /** Returns the name for logs, metrics and traces: {@code accepted}, {@code not_sent}… */
  default String outcomeName() {
    if (this instanceof Rejected) {
      return "rejected";
    }
    if (this instanceof NotSent) {
      return "not_sent";
    }
    return this instanceof Unknown ? "unknown" : "accepted";
  }

  /** Returns the reason's name, such as {@code INVALID_OPEN_ID}; empty for an accepted message. */
  default String reasonName() {
    if (this instanceof Rejected no) {
      return no.reason().name();
    }
    if (this instanceof NotSent no) {
      return no.reason().name();
    }
    return this instanceof Unknown unknown ? unknown.reason().name() : "";
  }

  /** Returns WeChat's error; null where WeChat gave none. */
  default @Nullable WeChatError saidByWeChat() {
    if (this instanceof Rejected no) {
      return no.error();
    }
    return this instanceof NotSent no ? no.error() : null;
  }

  /**
   * WeChat took it.
   *
   * @param messageId WeChat's msgid in decimal digits; empty where it gave none
   */
  record Accepted(String messageId) implements SendOutcome {}

  /**
   * WeChat rejected it.
   *
   * @param reason determines what helps
   * @param error WeChat's error; null for {@link Rejected.Reason#REQUEST_ID_CONFLICT}, which comes
   *     from this server
   * @param violations the field that WeChat named, if it named one
   * @param retryAfter when a repeat may succeed; null where waiting does not help
   */
  record Rejected(
      Rejected.Reason reason,
      @Nullable WeChatError error,
      List<Violation> violations,
      @Nullable Duration retryAfter)
      implements SendOutcome {

    /**
     * Why a message was rejected. Two reasons differ only if the next action differs: the caller's
     * or ours.
     */
    public enum Reason {
      /** WeChat does not know the open id. */
      INVALID_OPEN_ID(true),
      /** WeChat does not know the template. */
      INVALID_TEMPLATE(true),
      /** The page is not in the released version. */
      INVALID_PAGE(true),
      /** A value breaks one of WeChat's rules. */
      INVALID_TEMPLATE_DATA(true),
      /** The text contains a word that WeChat blocks. */
      CONTENT_BLOCKED(true),
      /** The user has no subscription left. This is an everyday case. */
      USER_NOT_SUBSCRIBED(true),
      /** WeChat restricted the app. */
      APP_RESTRICTED(true),
      /** The daily quota is used up. */
      DAILY_QUOTA_EXHAUSTED(false),
      /** The quota of this minute is used up. */
      RATE_LIMITED(false),
      /** WeChat was busy, and still was after the retries. */
      WECHAT_BUSY(false),
      /**
       * Another message to the same recipient was in progress at WeChat, and still was after the
       * retries.
       */
      RECIPIENT_BUSY(false),
      /** The request id belongs to another message. */
      REQUEST_ID_CONFLICT(false),
      /** A code that is not in our table. */
      UNRECOGNIZED_WECHAT_ERROR(true);

      private final boolean lasting;

      Reason(boolean lasting) {
        this.lasting = lasting;
      }

      /**
       * Tells whether a repeat of the same message gets the same answer, so that the outcome is
       * kept under its request id.
       */
      public boolean isLasting() {
        return lasting;
      }

      /**
       * Tells whether WeChat receives more messages of the app than it takes now, so that the app
       * must slow down.
       */
      boolean isThrottle() {
        return this == RATE_LIMITED || this == WECHAT_BUSY;
      }
    }

    /** A rejection that names no field and where waiting does not help. */
    public Rejected(Rejected.Reason reason, @Nullable WeChatError error) {
      this(reason, error, List.of(), null);
    }
  }

  /**
   * It never left this server: a repeat is safe.
   *
   * @param reason determines what helps
   * @param explanation what happened, for people
   * @param error WeChat's error, where it gave one
   * @param retryAfter when a repeat may succeed; null where that is not known
   */
  record NotSent(
      NotSent.Reason reason,
      String explanation,
      @Nullable WeChatError error,
      @Nullable Duration retryAfter)
      implements SendOutcome {

    /** Why a message was not sent. */
    public enum Reason {
      /** WeChat rejects the server's credentials or address: only the operator can act. */
      WECHAT_CREDENTIALS,
      /** No token was available, or WeChat was not reached before the message was written. */
      WECHAT_UNREACHABLE,
      /** WeChat reported that the app's daily quota is used up, and was not asked again. */
      DAILY_QUOTA_EXHAUSTED,
      /** This server is at its limits. */
      OVERLOADED,
      /** The deadline was over before the message was written. */
      DEADLINE_BEFORE_SEND,
      /** The caller wanted no message that WeChat is known to refuse with 43101. */
      USER_NOT_SUBSCRIBED,
      /** The caller cancelled before the message was written. */
      CANCELLED,
      /** Another call with the same request id is in progress. */
      REQUEST_IN_PROGRESS,
      /** This server is stopping. */
      SERVER_STOPPING,
      /** This server has a fault. */
      INTERNAL_ERROR
    }

    /** A reason within this server. */
    public NotSent(NotSent.Reason reason, String explanation) {
      this(reason, explanation, null, null);
    }
  }

  /**
   * It was written, and no answer came: with a repeat, the user may get it twice.
   *
   * @param reason why the outcome is not known
   * @param explanation what happened, for people
   */
  record Unknown(Unknown.Reason reason, String explanation) implements SendOutcome {

    /** Why it is not known whether WeChat took a message. */
    public enum Reason {
      /** The caller's deadline was over before WeChat answered. */
      DEADLINE,
      /**
       * No readable answer came: connection lost, timeout, HTTP 5xx, unreadable answer, no errcode.
       */
      NO_ANSWER
    }
  }
}
