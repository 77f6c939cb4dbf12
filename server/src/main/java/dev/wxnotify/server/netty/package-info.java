/**
 * Netty's event loops and transports, which the edges that use sockets share: what reads and writes
 * sockets, and the types of channel that fit it.
 */
@NullMarked
package dev.wxnotify.server.netty;

import org.jspecify.annotations.NullMarked;
