package dev.wxnotify.server.delivery;

/** Why a message was not sent. */
public enum Hindrance {
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
  /** The caller cancelled before the message was written. */
  CANCELLED,
  /** Another call with the same request id is in progress. */
  REQUEST_IN_PROGRESS,
  /** This server is stopping. */
  SERVER_STOPPING,
  /** This server has a fault. */
  INTERNAL_ERROR
}
