@NullMarked
package dev.wxnotify.files;

import org.jspecify.annotations.NullMarked;
