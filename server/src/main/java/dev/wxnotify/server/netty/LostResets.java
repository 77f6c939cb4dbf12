package dev.wxnotify.server.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Socket;
import io.netty.channel.uring.IoUringSocketChannel;
import java.io.IOException;

/**
 * Sees resets by the peer that Netty's io_uring forgets. Where bytes and a reset came while the
 * thread was busy, the kernel reports both at once, and Netty 4.2 begins one read for the two. That
 * read takes the bytes and says that no more are there, since a reset is not counted as something
 * to read. So nobody looks again, and the connection seems open for ever.
 *
 * <p>After each read this looks whether the peer was reported to have gone, and only then asks the
 * socket what happened. So it costs no system call on a connection that stays. {@code
 * TransportTest} shows whether a version of Netty still needs it.
 */
public final class LostResets extends ChannelInboundHandlerAdapter {
  private LostResets() {}

  /** Has a channel see all resets, if it is one of io_uring; call it before bytes are read. */
  public static void watch(Channel channel) {
    if (channel instanceof IoUringSocketChannel) {
      channel.pipeline().addFirst(new LostResets());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws IOException {
    context.fireChannelReadComplete();
    Channel channel = context.channel();
    if (channel.isActive() && peerHasGone(channel)) {
      int error = ((Socket) ((IoUringSocketChannel) channel).fd()).getSoError();
      if (error != 0) {
        context.fireExceptionCaught(Errors.newIOException("io_uring read", -error));
        var ignored = context.close();
      }
    }
  }

  /** Netty goes on reading where nothing more is to be expected only if it knows of the end. */
  private static boolean peerHasGone(Channel channel) {
    return channel.unsafe().recvBufAllocHandle() instanceof ExtendedHandle handle
        && handle.continueReading(() -> false);
  }
}
