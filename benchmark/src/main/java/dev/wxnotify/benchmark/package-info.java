/** The benchmark: its scenarios, and the command that runs them. */
@NullMarked
package dev.wxnotify.benchmark;

import org.jspecify.annotations.NullMarked;
