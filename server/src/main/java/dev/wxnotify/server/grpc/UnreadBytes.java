package dev.wxnotify.server.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counts, for one connection, the bytes of requests that arrived and were not read: HTTP/2 knows
 * them by the windows that it has not returned yet. A buffer that gRPC holds counts more than its
 * content. Only the total number of buffers is known, so it decreases in proportion to the bytes
 * that are read.
 *
 * <p>All of it runs on the connection's thread.
 */
final class UnreadBytes implements Http2LocalFlowController {
  /** The overhead of a buffer that gRPC keeps, apart from its content. */
  private static final int BUFFER = 256;

  private final Http2LocalFlowController windows;
  private final SharedRoom.Share share;
  private final Http2Connection.PropertyKey key;

  /** What one stream holds. */
  private static final class Held {
    private long buffers;
    private long counted;
  }

  UnreadBytes(Http2Connection connection, SharedRoom.Share share) {
    this.windows = connection.local().flowController();
    this.share = share;
    this.key = connection.newKey();
  }

  /** Returns the number of bytes of {@code stream} that arrived and were not read. */
  int of(Http2Stream stream) {
    return windows.unconsumedBytes(stream);
  }

  /** Counts one more buffer that gRPC is about to receive. */
  void hasBuffer(Http2Stream stream) {
    Held held = stream.getProperty(key);
    if (held != null) {
      held.buffers++;
    }
  }

  /** The stream holds nothing any more. */
  void ended(Http2Stream stream) {
    Held held = stream.removeProperty(key);
    if (held != null) {
      share.give(held.counted);
    }
  }

  @Override
  public void receiveFlowControlledFrame(
      @Nullable Http2Stream stream, ByteBuf data, int padding, boolean endOfStream)
      throws Http2Exception {
    windows.receiveFlowControlledFrame(stream, data, padding, endOfStream);
    if (stream != null && stream.state() != Http2Stream.State.CLOSED) {
      Held held = stream.getProperty(key);
      if (held == null) {
        held = new Held();
        stream.setProperty(key, held);
      }
      count(stream, held);
    }
  }

  @Override
  public boolean consumeBytes(@Nullable Http2Stream stream, int read) throws Http2Exception {
    Held held = stream == null ? null : stream.getProperty(key);
    if (stream == null || held == null) {
      return windows.consumeBytes(stream, read);
    }
    int before = windows.unconsumedBytes(stream);
    boolean sent = windows.consumeBytes(stream, read);
    int after = windows.unconsumedBytes(stream);
    if (before > 0) {
      held.buffers = (held.buffers * after + before - 1) / before;
    }
    count(stream, held);
    return sent;
  }

  private void count(Http2Stream stream, Held held) {
    long now = windows.unconsumedBytes(stream) + held.buffers * BUFFER;
    share.take(now - held.counted);
    held.counted = now;
  }

  @Override
  public int unconsumedBytes(Http2Stream stream) {
    return windows.unconsumedBytes(stream);
  }

  @Override
  public Http2LocalFlowController frameWriter(Http2FrameWriter writer) {
    windows.frameWriter(writer);
    return this;
  }

  @Override
  public void channelHandlerContext(ChannelHandlerContext ctx) throws Http2Exception {
    windows.channelHandlerContext(ctx);
  }

  @Override
  public void initialWindowSize(int size) throws Http2Exception {
    windows.initialWindowSize(size);
  }

  @Override
  public int initialWindowSize() {
    return windows.initialWindowSize();
  }

  @Override
  public int initialWindowSize(Http2Stream stream) {
    return windows.initialWindowSize(stream);
  }

  @Override
  public int windowSize(Http2Stream stream) {
    return windows.windowSize(stream);
  }

  @Override
  public void incrementWindowSize(Http2Stream stream, int delta) throws Http2Exception {
    windows.incrementWindowSize(stream, delta);
  }
}
