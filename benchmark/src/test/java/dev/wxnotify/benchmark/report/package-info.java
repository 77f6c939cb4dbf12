@NullMarked
package dev.wxnotify.benchmark.report;

import org.jspecify.annotations.NullMarked;
