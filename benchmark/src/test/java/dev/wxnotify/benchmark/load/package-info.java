@NullMarked
package dev.wxnotify.benchmark.load;

import org.jspecify.annotations.NullMarked;
