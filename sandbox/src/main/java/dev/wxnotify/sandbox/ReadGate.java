package dev.wxnotify.sandbox;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/**
 * Reads nothing while {@link RequestHandler} has switched that off. The aggregator alone would go
 * on as long as it has the beginning of a request, and with requests one after another it always
 * has.
 */
final class ReadGate extends ChannelOutboundHandlerAdapter {

  @Override
  public void read(ChannelHandlerContext ctx) {
    if (ctx.channel().config().isAutoRead()) {
      ctx.read();
    }
  }
}
