package dev.wxnotify.server.tracing;

import dev.wxnotify.server.delivery.Trace;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;

/**
 * The trace of one call, for the spans below it.
 *
 * @param span the call's own span
 * @param context contains the span, as the parent of others
 */
record CallTrace(Span span, Context context) implements Trace {

  @Override
  public String id() {
    return span.getSpanContext().getTraceId();
  }

  /** Tells whether the spans are exported. */
  boolean isSampled() {
    return span.getSpanContext().isSampled();
  }
}
