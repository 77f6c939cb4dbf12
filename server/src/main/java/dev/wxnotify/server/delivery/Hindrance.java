package dev.wxnotify.server.delivery;

/** Why a message was not sent. */
public enum Hindrance {
  /** WeChat refuses the server's credentials or address: only the operator can act. */
  WECHAT_CREDENTIALS,
  /** No token was to be had, or WeChat could not be reached before the message was written. */
  WECHAT_UNREACHABLE,
  /** WeChat said that the app's quota of the day is used up: it was not asked again. */
  DAILY_QUOTA_EXHAUSTED,
  /** This server is at its limits. */
  OVERLOADED,
  /** The deadline was over before the message was written. */
  DEADLINE_BEFORE_SEND,
  /** The caller cancelled before the message was written. */
  CANCELLED,
  /** Another call with the same request id is still being worked on. */
  REQUEST_IN_PROGRESS,
  /** This server is going down. */
  SERVER_STOPPING,
  /** This server has a fault of its own. */
  INTERNAL_ERROR
}
