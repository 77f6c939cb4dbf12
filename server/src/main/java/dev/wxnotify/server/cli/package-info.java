/**
 * Commands that are clients of a running server. Of this project, they use only the published stub.
 */
@NullMarked
package dev.wxnotify.server.cli;

import org.jspecify.annotations.NullMarked;
