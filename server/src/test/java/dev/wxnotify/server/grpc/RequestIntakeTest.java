package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.RawHttp2;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
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
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What messages hold until they are whole, on a connection without a socket. */
class RequestIntakeTest {
  private static final int STREAM = 1;
  private static final int PREFIX = 5;
  private static final int SEED = 20_261_206;

  /** Announced, and never sent to the end. */
  private static final int MESSAGE = 200 * 1024;

  /** Within the window of a stream. */
  private static final int MOST_BYTES = 60_000;

  /** More of them, with next to no content, end the connection. */
  private static final int MOST_FRAMES = FrameGuard.MAX_IDLE - 1_000;

  /** A buffer that grows doubles, and the smallest has this size. */
  private static final int SMALLEST_BUFFER = 256;

  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
  private final KeepingGrpc grpc = new KeepingGrpc();
  private final EmbeddedChannel channel = connect();

  /** Keeps every buffer that it receives, as gRPC does until a message is whole. */
  private static final class KeepingGrpc extends Http2FrameAdapter {
    private final List<ByteBuf> kept = new ArrayList<>();

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream) {
      kept.add(data.retain());
      return padding;
    }
  }

  private static final class Http2 extends GrpcHttp2ConnectionHandler {
    Http2(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder) {
      super(null, decoder, encoder, new Http2Settings(), null);
    }
  }

  private EmbeddedChannel connect() {
    Http2Connection connection = new DefaultHttp2Connection(true);
    Http2ConnectionEncoder encoder =
        new DefaultHttp2ConnectionEncoder(connection, new DefaultHttp2FrameWriter());
    Http2ConnectionDecoder decoder =
        new DefaultHttp2ConnectionDecoder(connection, encoder, new DefaultHttp2FrameReader());
    decoder.frameListener(grpc);
    Http2 http2 = new Http2(decoder, encoder);
    FrameGuard guard = new FrameGuard(http2, () -> 0, () -> {}, cost -> {});
    SharedRoom room = new SharedRoom(Long.MAX_VALUE / 2, 0);
    RequestIntake.install(http2, guard, room.open(), room.open());
    return new EmbeddedChannel(guard, http2);
  }

  @BeforeEach
  void openCall() {
    channel.writeInbound(Http2CodecUtil.connectionPrefaceBuf());
    receive(RawHttp2.SETTINGS, 0, 0);
    receive(RawHttp2.HEADERS, RawHttp2.END_HEADERS, STREAM, RawHttp2.headers("/a.Service/Method"));
    channel.releaseOutbound();
    channel.config().setAllocator(memory);
  }

  @AfterEach
  void everythingIsGivenBack() {
    receive(RawHttp2.RST_STREAM, 0, STREAM, new byte[4]);
    channel.releaseOutbound();
    grpc.kept.forEach(ByteBuf::release);

    assertThat(held()).isZero();
    channel.finishAndReleaseAll();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 64, 1_024})
  void partOfAMessage_holdsItsBytes_howeverManyFramesTheyCameIn(int piece) {
    int frames = Math.min(MOST_FRAMES, MOST_BYTES / piece);
    byte[] part = part(frames * piece);

    for (int i = 0; i < frames; i++) {
      receive(RawHttp2.DATA, 0, STREAM, piece(part, i * piece, piece));
    }

    assertThat(channel.isOpen()).isTrue();
    assertThat(grpc.kept).as("gRPC has seen nothing").isEmpty();
    assertThat(held()).isBetween((long) part.length, 2L * part.length + SMALLEST_BUFFER);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 64, 1_024})
  void wholeMessage_inPieces_isOneBufferOfItsBytes(int piece) {
    byte[] message = new byte[MOST_FRAMES / 1_024 * 1_024];
    new Random(SEED).nextBytes(message);
    writePrefix(message, message.length - PREFIX);

    for (int at = 0; at < message.length; at += piece) {
      receive(RawHttp2.DATA, 0, STREAM, piece(message, at, Math.min(piece, message.length - at)));
    }

    assertThat(grpc.kept).singleElement().isEqualTo(Unpooled.wrappedBuffer(message));
    assertThat(held()).isBetween((long) message.length, 2L * message.length + SMALLEST_BUFFER);
  }

  /** The end of what was read from the socket together would otherwise hold all of it. */
  @Test
  void smallPartBehindAWholeMessage_holdsItsBytesOnly() {
    int part = PREFIX - 1;
    byte[] both = new byte[16_000];
    writePrefix(both, both.length - PREFIX - part);

    receive(RawHttp2.DATA, 0, STREAM, both);
    grpc.kept.remove(0).release();

    assertThat(held()).isBetween((long) part, (long) SMALLEST_BUFFER);
  }

  /** Returns the beginning of a message of {@value #MESSAGE} bytes. */
  private static byte[] part(int length) {
    byte[] part = new byte[length];
    writePrefix(part, MESSAGE);
    return part;
  }

  private static void writePrefix(byte[] to, int length) {
    Unpooled.wrappedBuffer(to).setByte(0, 0).setInt(1, length);
  }

  private static byte[] piece(byte[] of, int at, int length) {
    byte[] piece = new byte[length];
    System.arraycopy(of, at, piece, 0, length);
    return piece;
  }

  /** Receives one frame, alone. */
  private void receive(int type, int flags, int stream, byte... payload) {
    ByteBuf frame =
        channel
            .alloc()
            .buffer(Http2CodecUtil.FRAME_HEADER_LENGTH + payload.length)
            .writeMedium(payload.length)
            .writeByte(type)
            .writeByte(flags)
            .writeInt(stream)
            .writeBytes(payload);
    channel.writeInbound(frame);
  }

  /** Returns the bytes of all buffers of the connection. */
  private long held() {
    return memory.metric().usedDirectMemory() + memory.metric().usedHeapMemory();
  }
}
