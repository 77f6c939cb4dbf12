package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.RawHttp2;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
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

  private static final int UNKNOWN_TYPE = 200;
  private static final long ROOM = 200_000;

  /** Within the window of a stream. */
  private static final int MOST_BYTES = 60_000;

  /** More of them, with next to no content, end the connection. */
  private static final int MOST_FRAMES = FrameGuard.MAX_IDLE - 1_000;

  /** A buffer that grows doubles, and the smallest has this size. */
  private static final int SMALLEST_BUFFER = 256;

  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
  private final KeepingGrpc grpc = new KeepingGrpc();
  private final SharedRoom bytes = new SharedRoom(ROOM, 0);
  private final EmbeddedConnection connection =
      new EmbeddedConnection(grpc, bytes, new SharedRoom(Long.MAX_VALUE / 2, 0));

  /** Keeps every buffer that it receives, as gRPC does until a message is whole. */
  private static final class KeepingGrpc extends Http2FrameAdapter {
    private final List<ByteBuf> kept = new ArrayList<>();
    private final List<Integer> ended = new ArrayList<>();

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream) {
      kept.add(data.retain());
      return padding;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
      ended.add(streamId);
    }
  }

  @BeforeEach
  void openCall() {
    connection.receive(
        RawHttp2.HEADERS, RawHttp2.END_HEADERS, STREAM, RawHttp2.headers("/a.Service/Method"));
    connection.allocateBy(memory);
  }

  @AfterEach
  void everythingIsGivenBack() {
    connection.receive(RawHttp2.RST_STREAM, 0, STREAM, new byte[4]);
    connection.channel().releaseOutbound();
    grpc.kept.forEach(ByteBuf::release);

    assertThat(held()).isZero();
    assertThat(bytes.used()).isZero();
    connection.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 64, 1_024})
  void partOfAMessage_holdsItsBytes_howeverManyFramesTheyCameIn(int piece) {
    int frames = Math.min(MOST_FRAMES, MOST_BYTES / piece);
    byte[] part = part(frames * piece);

    for (int i = 0; i < frames; i++) {
      connection.receive(RawHttp2.DATA, 0, STREAM, piece(part, i * piece, piece));
    }

    assertThat(connection.channel().isOpen()).isTrue();
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
      connection.receive(
          RawHttp2.DATA, 0, STREAM, piece(message, at, Math.min(piece, message.length - at)));
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

    connection.receive(RawHttp2.DATA, 0, STREAM, both);
    grpc.kept.remove(0).release();

    assertThat(held()).isBetween((long) part, (long) SMALLEST_BUFFER);
  }

  /** The same for all that was read from the socket with it. */
  @Test
  void smallMessage_readWithOtherFrames_holdsItsBytesOnly() {
    byte[] message = new byte[100];
    writePrefix(message, message.length - PREFIX);
    ByteBuf together = memory.buffer();
    EmbeddedConnection.append(together, RawHttp2.DATA, 0, STREAM, message);
    EmbeddedConnection.append(together, UNKNOWN_TYPE, 0, 0, new byte[16_000]);

    connection.receive(together);

    assertThat(grpc.kept).singleElement().isEqualTo(Unpooled.wrappedBuffer(message));
    assertThat(held()).isBetween((long) message.length, (long) SMALLEST_BUFFER);
  }

  @Test
  void partOfAMessage_beyondTheRoomOfAllConnections_isRefusedAndHoldsNothing() {
    List<SharedRoom.Share> others = fill();

    connection.receive(RawHttp2.DATA, 0, STREAM, part(1_000));

    assertThat(grpc.kept).isEmpty();
    assertThat(grpc.ended).containsExactly(STREAM);
    assertThat(connection.written()).as("an answer").contains(RawHttp2.HEADERS);
    assertThat(held()).isZero();
    others.forEach(SharedRoom.Share::close);
  }

  /** gRPC has a part of what it sent: only a reset is left. */
  @Test
  void streamOfMessages_beyondTheRoomOfAllConnections_isReset() {
    byte[] message = new byte[1_000];
    writePrefix(message, message.length - PREFIX);
    connection.receive(RawHttp2.DATA, 0, STREAM, message);
    List<SharedRoom.Share> others = fill();

    connection.receive(RawHttp2.DATA, 0, STREAM, message);

    assertThat(grpc.ended).containsExactly(STREAM);
    assertThat(connection.written()).contains(RawHttp2.RST_STREAM);
    others.forEach(SharedRoom.Share::close);
  }

  /** Has other connections take the room of all. */
  private List<SharedRoom.Share> fill() {
    List<SharedRoom.Share> others = Stream.generate(bytes::open).limit(1_000).toList();
    others.get(0).take(ROOM);
    return others;
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

  /** Returns the bytes of all buffers of the connection. */
  private long held() {
    return memory.metric().usedDirectMemory() + memory.metric().usedHeapMemory();
  }
}
