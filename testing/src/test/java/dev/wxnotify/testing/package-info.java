@NullMarked
package dev.wxnotify.testing;

import org.jspecify.annotations.NullMarked;
