/**
 * The load generators, the floors and the fake WeChat. Each is the main class of its own process.
 */
@NullMarked
package dev.wxnotify.benchmark.load;

import org.jspecify.annotations.NullMarked;
