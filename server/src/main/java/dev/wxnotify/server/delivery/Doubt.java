package dev.wxnotify.server.delivery;

/** How it came that nobody knows whether WeChat took a message. */
public enum Doubt {
  /** The caller's deadline was over before WeChat answered. */
  DEADLINE,
  /** No answer that could be read came: connection lost, timeout, HTTP 5xx, rubbish, no errcode. */
  NO_ANSWER
}
