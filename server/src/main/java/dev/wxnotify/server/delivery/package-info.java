/**
 * How a message is sent, and its outcome: admission, the order of sends, retries, deadlines,
 * limits, and the memory of request ids. Uses WeChat only through {@link
 * dev.wxnotify.server.delivery.MessageGateway}.
 */
@NullMarked
package dev.wxnotify.server.delivery;

import org.jspecify.annotations.NullMarked;
