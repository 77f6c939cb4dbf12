/** Tests of the event loops. */
@NullMarked
package dev.wxnotify.server.netty;

import org.jspecify.annotations.NullMarked;
