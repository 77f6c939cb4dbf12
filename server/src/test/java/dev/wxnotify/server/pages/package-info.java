@NullMarked
package dev.wxnotify.server.pages;

import org.jspecify.annotations.NullMarked;
