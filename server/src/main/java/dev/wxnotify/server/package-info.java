/**
 * The root: configuration and constructors only. It connects the other packages, and none of them
 * imports it.
 */
@NullMarked
package dev.wxnotify.server;

import org.jspecify.annotations.NullMarked;
