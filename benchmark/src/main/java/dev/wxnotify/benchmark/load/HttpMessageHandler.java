package dev.wxnotify.benchmark.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/** Splits the input into messages. Copies nothing, and parses only their length. */
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

  /** Handles a message: {@code size} bytes from the reader index, which must not move. */
  abstract void onMessage(ChannelHandlerContext context, ByteBuf in, int size);

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    context.flush();
    super.channelReadComplete(context);
  }
}
