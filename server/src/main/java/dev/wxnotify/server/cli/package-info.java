/**
 * Commands that are clients of a running server. They know the published stub and nothing else of
 * ours.
 */
@NullMarked
package dev.wxnotify.server.cli;

import org.jspecify.annotations.NullMarked;
