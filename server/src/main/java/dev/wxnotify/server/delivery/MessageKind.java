package dev.wxnotify.server.delivery;

/** What a caller asked for; in the end each is a subscribe message. */
public enum MessageKind {
  /** A subscribe message whose data the caller made. */
  SUBSCRIBE,
  /** A flash-sale reminder, of which this server makes the data. */
  SECKILL
}
