/** A real Chromium on the pages of the real jar. */
@NullMarked
package dev.wxnotify.browser;

import org.jspecify.annotations.NullMarked;
