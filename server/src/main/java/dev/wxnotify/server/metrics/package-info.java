/** The metrics edge: what Prometheus and probes can see of the server. */
@NullMarked
package dev.wxnotify.server.metrics;

import org.jspecify.annotations.NullMarked;
