/**
 * Traces of calls and of WeChat's answers, by OpenTelemetry; none of its classes is loaded unless
 * traces are enabled.
 */
@NullMarked
package dev.wxnotify.server.tracing;

import org.jspecify.annotations.NullMarked;
