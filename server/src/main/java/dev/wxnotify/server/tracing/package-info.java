/**
 * Traces of calls and of what WeChat answers, by OpenTelemetry; nothing of it is loaded unless
 * asked for.
 */
@NullMarked
package dev.wxnotify.server.tracing;

import org.jspecify.annotations.NullMarked;
