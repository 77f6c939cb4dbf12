package dev.wxnotify.server.grpc;

import dev.wxnotify.server.testing.RawHttp2;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.ArrayList;
import java.util.List;

/** A connection with the guards of the server, without a socket and without gRPC. */
final class EmbeddedConnection {
  private final List<Integer> costs = new ArrayList<>();
  private final FrameGuard guard;
  private final EmbeddedChannel channel;

  private static final class Http2 extends GrpcHttp2ConnectionHandler {
    Http2(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder) {
      super(null, decoder, encoder, new Http2Settings(), null);
    }
  }

  /**
   * Opens a connection whose client has sent its preface.
   *
   * @param grpc receives what the guards pass on
   */
  EmbeddedConnection(Http2FrameListener grpc, SharedRoom bytes, SharedRoom calls) {
    Http2Connection connection = new DefaultHttp2Connection(true);
    Http2ConnectionEncoder encoder =
        new DefaultHttp2ConnectionEncoder(connection, new DefaultHttp2FrameWriter());
    Http2ConnectionDecoder decoder =
        new DefaultHttp2ConnectionDecoder(connection, encoder, new DefaultHttp2FrameReader());
    decoder.frameListener(grpc);
    Http2 http2 = new Http2(decoder, encoder);
    guard = new FrameGuard(http2, () -> 0, () -> {}, costs::add);
    RequestIntake.install(http2, guard, bytes.open(), calls.open());
    channel = new EmbeddedChannel(guard, http2);
    channel.freezeTime();
    channel.writeInbound(Http2CodecUtil.connectionPrefaceBuf());
    receive(RawHttp2.SETTINGS, 0, 0);
    channel.releaseOutbound();
  }

  EmbeddedChannel channel() {
    return channel;
  }

  FrameGuard guard() {
    return guard;
  }

  /** Returns what the peer's abuse has cost so far, in connections. */
  List<Integer> costs() {
    return costs;
  }

  /** Allocates all buffers by {@code allocator} from now on. */
  void allocateBy(ByteBufAllocator allocator) {
    channel.config().setAllocator(allocator);
  }

  /** Receives one frame, alone. */
  void receive(int type, int flags, int stream, byte... payload) {
    receive(append(channel.alloc().buffer(), type, flags, stream, payload));
  }

  /** Receives frames that were read from the socket together. */
  void receive(ByteBuf frames) {
    channel.writeInbound(frames);
  }

  /** Appends a frame. */
  static ByteBuf append(ByteBuf to, int type, int flags, int stream, byte... payload) {
    return to.writeMedium(payload.length)
        .writeByte(type)
        .writeByte(flags)
        .writeInt(stream)
        .writeBytes(payload);
  }

  /** Returns the types of the frames that were written since the last call. */
  List<Integer> written() {
    List<Integer> types = new ArrayList<>();
    for (ByteBuf frame = channel.readOutbound(); frame != null; frame = channel.readOutbound()) {
      types.add((int) frame.getByte(frame.readerIndex() + 3));
      frame.release();
    }
    return types;
  }

  void close() {
    channel.finishAndReleaseAll();
  }
}
