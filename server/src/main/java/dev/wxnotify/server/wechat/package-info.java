/** WeChat's HTTP API: the exact wire form, and a lenient reader for what comes back. */
@NullMarked
package dev.wxnotify.server.wechat;

import org.jspecify.annotations.NullMarked;
