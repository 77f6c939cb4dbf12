/**
 * WeChat's message push: the HTTP endpoint that WeChat calls, the verification of what arrives, and
 * the events in it. See {@code docs/push.md}.
 */
@NullMarked
package dev.wxnotify.server.push;

import org.jspecify.annotations.NullMarked;
