/** WeChat's HTTP API: the exact wire format of requests, and a lenient reader of answers. */
@NullMarked
package dev.wxnotify.server.wechat;

import org.jspecify.annotations.NullMarked;
