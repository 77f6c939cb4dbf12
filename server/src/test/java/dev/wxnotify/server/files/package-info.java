@NullMarked
package dev.wxnotify.server.files;

import org.jspecify.annotations.NullMarked;
