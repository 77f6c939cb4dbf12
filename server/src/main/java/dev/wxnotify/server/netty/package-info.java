/**
 * Netty's event loops and transports, which the edges that use sockets share: the threads that read
 * and write sockets, and the matching types of channels.
 */
@NullMarked
package dev.wxnotify.server.netty;

import org.jspecify.annotations.NullMarked;
