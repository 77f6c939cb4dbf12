/**
 * What the replicas of a fleet share through Redis: the tokens and the memory of request ids. It is
 * an optimisation: when Redis cannot be used, the server continues without it.
 */
@NullMarked
package dev.wxnotify.server.redis;

import org.jspecify.annotations.NullMarked;
