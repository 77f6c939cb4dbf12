package dev.wxnotify.server.delivery;

/**
 * The trace that a call belongs to, where its caller follows one. Whoever made it may know more of
 * it; here it is only carried along.
 */
@FunctionalInterface
public interface Trace {
  /** A call that nobody follows. */
  Trace NONE = () -> "";

  /** Returns its id as in W3C Trace Context, 32 hex digits; empty for none. */
  String id();
}
