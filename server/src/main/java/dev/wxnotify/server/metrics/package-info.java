/** The metrics edge: what can be seen of the server by Prometheus and by probes. */
@NullMarked
package dev.wxnotify.server.metrics;

import org.jspecify.annotations.NullMarked;
