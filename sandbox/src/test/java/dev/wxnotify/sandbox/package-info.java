/** Tests of the sandbox, over real HTTP wherever HTTP matters. */
@NullMarked
package dev.wxnotify.sandbox;

import org.jspecify.annotations.NullMarked;
