/** Tests of the whole server, and of the rules that its packages follow. */
@NullMarked
package dev.wxnotify.server;

import org.jspecify.annotations.NullMarked;
