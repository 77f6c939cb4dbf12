/**
 * The client of wxnotify for Java 8 and newer: calls, typed errors and batches on top of the
 * generated stub in {@code dev.wxnotify.v1}.
 *
 * <p>Begin with {@link dev.wxnotify.client.NotificationClient}.
 */
@NullMarked
package dev.wxnotify.client;

import org.jspecify.annotations.NullMarked;
