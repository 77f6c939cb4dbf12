/**
 * Netty's event loops and transports, which the edges that use sockets share: the threads that read
 * and write sockets, the matching types of channels, and a port that speaks HTTP.
 */
@NullMarked
package dev.wxnotify.server.netty;

import org.jspecify.annotations.NullMarked;
