/** Tests of WeChat's wire format. */
@NullMarked
package dev.wxnotify.server.wechat;

import org.jspecify.annotations.NullMarked;
