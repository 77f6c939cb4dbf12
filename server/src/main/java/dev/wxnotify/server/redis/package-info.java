/**
 * What the replicas of a fleet share through Redis: the tokens and the memory of request ids. An
 * optimisation: when Redis cannot be used, everything goes on without it.
 */
@NullMarked
package dev.wxnotify.server.redis;

import org.jspecify.annotations.NullMarked;
