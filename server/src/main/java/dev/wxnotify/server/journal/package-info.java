/**
 * What became of messages, what WeChat reported afterwards, and what is known of subscriptions.
 *
 * <p>The journal never delays or fails a send: records of messages are written after the caller is
 * answered, and lost where the store is not available for long. An event is different: it is stored
 * before WeChat gets "success". The stores are ports; this package knows no SQL.
 */
@NullMarked
package dev.wxnotify.server.journal;

import org.jspecify.annotations.NullMarked;
