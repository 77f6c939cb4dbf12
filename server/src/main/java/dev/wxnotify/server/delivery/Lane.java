package dev.wxnotify.server.delivery;

/** The class to which a piece of work belongs. */
public enum Lane {
  /** A unary call. */
  SINGLE,
  /** An item of a batch. */
  BATCH
}
