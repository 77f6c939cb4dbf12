/** Tests of the templates. */
@NullMarked
package dev.wxnotify.server.template;

import org.jspecify.annotations.NullMarked;
