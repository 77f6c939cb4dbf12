/**
 * What makes load and what answers it: the load generators, the floors and the fake WeChat, each
 * the main class of a process of its own.
 */
@NullMarked
package dev.wxnotify.benchmark.load;

import org.jspecify.annotations.NullMarked;
