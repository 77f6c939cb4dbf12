package dev.wxnotify.server.message;

/** What a caller requested; each kind becomes a subscribe message. */
public enum MessageKind {
  /** A subscribe message whose data the caller provides. */
  SUBSCRIBE,
  /** A flash-sale reminder, whose data this server fills in. */
  SECKILL
}
