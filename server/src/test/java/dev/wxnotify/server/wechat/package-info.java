/** Tests of WeChat's wire form. */
@NullMarked
package dev.wxnotify.server.wechat;

import org.jspecify.annotations.NullMarked;
