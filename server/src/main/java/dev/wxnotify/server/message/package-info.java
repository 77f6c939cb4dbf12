/**
 * What is sent: a subscribe message, a flash-sale reminder, and WeChat's rules for their values.
 * Pure values and functions; nothing here waits, or knows how a message is sent.
 */
@NullMarked
package dev.wxnotify.server.message;

import org.jspecify.annotations.NullMarked;
