/** Tests of the sandbox, over real HTTP wherever it is HTTP that matters. */
@NullMarked
package dev.wxnotify.server.sandbox;

import org.jspecify.annotations.NullMarked;
