@NullMarked
package dev.wxnotify.benchmark;

import org.jspecify.annotations.NullMarked;
