package dev.wxnotify.server.sandbox;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;

/** The bare connection, behind the HTTP codec, which would not let odd bytes pass. */
final class Wire {

  private Wire() {}

  static ChannelFuture write(ChannelHandlerContext ctx, ByteBuf bytes) {
    return ctx.pipeline().firstContext().writeAndFlush(bytes);
  }
}
