package dev.wxnotify.server.delivery;

/**
 * Why a message was rejected. Two reasons differ only if the next action differs: the caller's or
 * ours.
 */
public enum Rejection {
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

  Rejection(boolean lasting) {
    this.lasting = lasting;
  }

  /**
   * Tells whether a repeat of the same message gets the same answer, so that the outcome is kept
   * under its request id.
   */
  public boolean isLasting() {
    return lasting;
  }

  /**
   * Tells whether WeChat receives more messages of the app than it takes now, so that the app must
   * slow down.
   */
  boolean isThrottle() {
    return this == RATE_LIMITED || this == WECHAT_BUSY;
  }
}
