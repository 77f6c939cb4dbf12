package dev.wxnotify.server.delivery;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The truth about one message. Four values, never blurred; each is a value and not an exception,
 * since a refusal by WeChat is daily business.
 */
public sealed interface SendOutcome {

  /** Returns the value's name for logs, metrics and traces: {@code accepted}, {@code not_sent}… */
  default String outcomeName() {
    if (this instanceof Rejected) {
      return "rejected";
    }
    if (this instanceof NotSent) {
      return "not_sent";
    }
    return this instanceof Unknown ? "unknown" : "accepted";
  }

  /** Returns the reason's name, such as {@code INVALID_OPEN_ID}; empty for what was accepted. */
  default String reasonName() {
    if (this instanceof Rejected no) {
      return no.reason().name();
    }
    if (this instanceof NotSent no) {
      return no.reason().name();
    }
    return this instanceof Unknown unknown ? unknown.doubt().name() : "";
  }

  /** Returns what WeChat said; null where it said nothing, or nothing but yes. */
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
   * WeChat said no.
   *
   * @param reason what helps
   * @param error what WeChat said; null for {@link Rejection#REQUEST_ID_CONFLICT}, which this
   *     server says
   * @param violations the field that WeChat named, if it named one
   * @param retryAfter when a repeat has a chance; null where waiting does not help
   */
  record Rejected(
      Rejection reason,
      @Nullable WeChatError error,
      List<Violation> violations,
      @Nullable Duration retryAfter)
      implements SendOutcome {

    /** A rejection that names no field and that waiting does not help. */
    public Rejected(Rejection reason, @Nullable WeChatError error) {
      this(reason, error, List.of(), null);
    }
  }

  /**
   * It never left this server: a repeat is safe.
   *
   * @param reason what helps
   * @param explanation what happened, for people
   * @param error what WeChat said, where it said something
   * @param retryAfter when a repeat has a chance; null where nothing is known of that
   */
  record NotSent(
      Hindrance reason,
      String explanation,
      @Nullable WeChatError error,
      @Nullable Duration retryAfter)
      implements SendOutcome {

    /** A hindrance of our own. */
    public NotSent(Hindrance reason, String explanation) {
      this(reason, explanation, null, null);
    }
  }

  /**
   * It was written, and no answer came: a repeat may reach the user twice.
   *
   * @param doubt how that came
   * @param explanation what happened, for people
   */
  record Unknown(Doubt doubt, String explanation) implements SendOutcome {}
}
