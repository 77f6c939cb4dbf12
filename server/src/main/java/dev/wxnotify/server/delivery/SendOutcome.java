package dev.wxnotify.server.delivery;

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
    return this instanceof Unknown unknown ? unknown.doubt().name() : "";
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
   * @param error WeChat's error; null for {@link Rejection#REQUEST_ID_CONFLICT}, which comes from
   *     this server
   * @param violations the field that WeChat named, if it named one
   * @param retryAfter when a repeat may succeed; null where waiting does not help
   */
  record Rejected(
      Rejection reason,
      @Nullable WeChatError error,
      List<Violation> violations,
      @Nullable Duration retryAfter)
      implements SendOutcome {

    /** A rejection that names no field and where waiting does not help. */
    public Rejected(Rejection reason, @Nullable WeChatError error) {
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
      Hindrance reason,
      String explanation,
      @Nullable WeChatError error,
      @Nullable Duration retryAfter)
      implements SendOutcome {

    /** A reason within this server. */
    public NotSent(Hindrance reason, String explanation) {
      this(reason, explanation, null, null);
    }
  }

  /**
   * It was written, and no answer came: with a repeat, the user may get it twice.
   *
   * @param doubt why the outcome is not known
   * @param explanation what happened, for people
   */
  record Unknown(Doubt doubt, String explanation) implements SendOutcome {}
}
