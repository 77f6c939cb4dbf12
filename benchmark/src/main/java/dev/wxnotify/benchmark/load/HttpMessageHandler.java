package dev.wxnotify.benchmark.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/** Cuts what arrives into messages, without copying or parsing more of them than their length. */
abstract class HttpMessageHandler extends ByteToMessageDecoder {

  @Override
  protected final void decode(ChannelHandlerContext context, ByteBuf in, List<Object> none) {
    int size = HttpMessages.firstSize(in);
    while (size > 0) {
      onMessage(context, in, size);
      in.skipBytes(size);
      size = HttpMessages.firstSize(in);
    }
  }

  /** A message is there: {@code size} bytes from the reader index, which must stay. */
  abstract void onMessage(ChannelHandlerContext context, ByteBuf in, int size);

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    context.flush();
    super.channelReadComplete(context);
  }
}
