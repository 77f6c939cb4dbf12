package dev.wxnotify.server.delivery;

/**
 * The trace to which a call belongs, if its caller uses tracing. Its creator may know more about
 * it; here it is only passed on.
 */
@FunctionalInterface
public interface Trace {
  /** A call without a trace. */
  Trace NONE = () -> "";

  /** Returns its id as in W3C Trace Context, 32 hex digits; empty for none. */
  String id();
}
