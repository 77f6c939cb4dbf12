/**
 * The metrics edge: what Prometheus and probes can see of the server. Prometheus shows a dot of a
 * name here as an underscore, and adds {@code _total} to counters: {@code wxnotify.messages} is
 * {@code wxnotify_messages_total}.
 */
@NullMarked
package dev.wxnotify.server.metrics;

import org.jspecify.annotations.NullMarked;
