/** What several tests share: time that stands still, and threads that start together. */
@NullMarked
package dev.wxnotify.server.testing;

import org.jspecify.annotations.NullMarked;
