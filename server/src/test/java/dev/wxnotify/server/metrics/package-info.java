/** Tests of the metrics edge. */
@NullMarked
package dev.wxnotify.server.metrics;

import org.jspecify.annotations.NullMarked;
