package dev.wxnotify.server.wechat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/**
 * Hands requests to their sockets when the event loop has made all that it is about to make, one
 * after the other, and not each between the making of two: what the kernel needs for that stays in
 * the caches, and who takes them from the other end finds several when it is woken.
 */
final class FlushTogether extends ChannelOutboundHandlerAdapter {
  private boolean scheduled;

  @Override
  public void flush(ChannelHandlerContext context) {
    if (!scheduled) {
      scheduled = true;
      context.executor().execute(() -> flushNow(context));
    }
  }

  private void flushNow(ChannelHandlerContext context) {
    scheduled = false;
    context.flush();
  }
}
