package dev.wxnotify.sandbox;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;

/** Writes to the connection below the HTTP codec, which would reject odd bytes. */
final class Wire {

  private Wire() {}

  static ChannelFuture write(ChannelHandlerContext ctx, ByteBuf bytes) {
    return ctx.pipeline().firstContext().writeAndFlush(bytes);
  }
}
