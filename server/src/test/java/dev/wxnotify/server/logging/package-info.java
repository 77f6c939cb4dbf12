/** Tests of the log. */
@NullMarked
package dev.wxnotify.server.logging;

import org.jspecify.annotations.NullMarked;
