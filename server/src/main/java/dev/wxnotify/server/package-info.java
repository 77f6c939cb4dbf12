/**
 * The root: configuration and constructors only. It wires the other packages and nobody imports it.
 */
@NullMarked
package dev.wxnotify.server;

import org.jspecify.annotations.NullMarked;
