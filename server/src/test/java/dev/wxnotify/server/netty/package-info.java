/** Tests of the event loops and of the HTTP port. */
@NullMarked
package dev.wxnotify.server.netty;

import org.jspecify.annotations.NullMarked;
