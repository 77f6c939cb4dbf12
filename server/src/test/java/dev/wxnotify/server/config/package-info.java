/** Tests of the configuration, and of its page. */
@NullMarked
package dev.wxnotify.server.config;

import org.jspecify.annotations.NullMarked;
