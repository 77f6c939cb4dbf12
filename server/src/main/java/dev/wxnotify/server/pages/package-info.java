/**
 * The pages edge: the operator's console, which only reads. It is served on the monitoring port,
 * and nothing of it exists before the first page is asked for.
 */
@NullMarked
package dev.wxnotify.server.pages;

import org.jspecify.annotations.NullMarked;
