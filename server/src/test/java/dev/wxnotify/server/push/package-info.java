@NullMarked
package dev.wxnotify.server.push;

import org.jspecify.annotations.NullMarked;
