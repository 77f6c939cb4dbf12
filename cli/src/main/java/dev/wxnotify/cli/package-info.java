/**
 * Commands that are clients of a running server. Of this project, they use only the published stub.
 */
@NullMarked
package dev.wxnotify.cli;

import org.jspecify.annotations.NullMarked;
