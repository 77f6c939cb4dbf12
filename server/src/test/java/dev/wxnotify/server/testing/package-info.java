/** What several tests share: a fake clock, and threads that start together. */
@NullMarked
package dev.wxnotify.server.testing;

import org.jspecify.annotations.NullMarked;
