/** Starts the processes of the benchmark, talks to them, and reads from outside what they use. */
@NullMarked
package dev.wxnotify.benchmark.process;

import org.jspecify.annotations.NullMarked;
