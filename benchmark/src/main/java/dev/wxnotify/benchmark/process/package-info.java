/** Starts the processes of the benchmark, gives them tasks, and measures them from outside. */
@NullMarked
package dev.wxnotify.benchmark.process;

import org.jspecify.annotations.NullMarked;
