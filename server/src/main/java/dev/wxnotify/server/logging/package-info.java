/**
 * The log of the process, by Logback: its form, its level, and a bound on what callers can cause.
 */
@NullMarked
package dev.wxnotify.server.logging;

import org.jspecify.annotations.NullMarked;
