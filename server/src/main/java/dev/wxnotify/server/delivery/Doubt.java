package dev.wxnotify.server.delivery;

/** Why it is not known whether WeChat took a message. */
public enum Doubt {
  /** The caller's deadline was over before WeChat answered. */
  DEADLINE,
  /** No readable answer came: connection lost, timeout, HTTP 5xx, unreadable answer, no errcode. */
  NO_ANSWER
}
