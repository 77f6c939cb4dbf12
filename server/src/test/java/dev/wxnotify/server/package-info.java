/** Tests of the whole server, and of the rules that its packages keep. */
@NullMarked
package dev.wxnotify.server;

import org.jspecify.annotations.NullMarked;
