package dev.wxnotify.server.testing;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersDecoder;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An HTTP/2 client that writes each frame by hand, and follows no rule by itself. */
public final class RawHttp2 implements AutoCloseable {
  /** Types of frames (RFC 9113, section 6). */
  public static final int DATA = 0;

  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;

  /** Flags of frames. */
  public static final int ACK = 1;

  public static final int END_STREAM = 1;

  public static final int END_HEADERS = 4;
  public static final int PADDED = 8;

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int CANCEL = 8;
  private static final byte INITIAL_WINDOW_SIZE = 4;

  /** Of a frame, unless the server allows more. */
  private static final int LONGEST_FRAME = 16_384;

  /** A message without content, with the prefix of gRPC. */
  private static final byte[] EMPTY_MESSAGE = new byte[5];

  private static final int LARGEST_ANSWER = 64 * 1024;

  private final Http2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, LARGEST_ANSWER);
  private final Socket socket;
  private final DataOutputStream out;
  private final DataInputStream in;

  /** One received frame. */
  public record Frame(int type, int flags, int stream, int length) {}

  private RawHttp2(Socket socket) throws IOException {
    this.socket = socket;
    this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 13));
    this.in = new DataInputStream(socket.getInputStream());
    socket.setSoTimeout((int) Await.LONGEST.toMillis());
  }

  /** Opens a connection and sends nothing on it. */
  public static RawHttp2 connect(int port) throws IOException {
    return new RawHttp2(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** Opens a connection whose settings allow no data to it on a stream. */
  public static RawHttp2 openWithoutWindow(int port) throws IOException {
    return connect(port)
        .write(PREFACE)
        .frame(SETTINGS, 0, 0, new byte[] {0, INITIAL_WINDOW_SIZE, 0, 0, 0, 0})
        .flush();
  }

  /** Opens a connection and sends the usual preface. */
  public static RawHttp2 open(int port) throws IOException {
    return connect(port).write(PREFACE).frame(SETTINGS, 0, 0, new byte[0]).flush();
  }

  /** Writes bytes that are not a frame, or many prepared frames. */
  public RawHttp2 write(byte... bytes) throws IOException {
    out.write(bytes);
    return this;
  }

  /** Writes one frame. */
  public RawHttp2 frame(int type, int flags, int stream, byte... payload) throws IOException {
    out.writeByte(payload.length >> 16);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
    return this;
  }

  /** Cancels a call. */
  public RawHttp2 cancel(int stream) throws IOException {
    return frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, CANCEL});
  }

  /** Writes a whole call: headers, in as many frames as they need, and an empty message. */
  public RawHttp2 call(int stream, byte[] headers) throws IOException {
    for (int at = 0; at < headers.length; at += LONGEST_FRAME) {
      int end = Math.min(headers.length, at + LONGEST_FRAME);
      frame(
          at == 0 ? HEADERS : CONTINUATION,
          end == headers.length ? END_HEADERS : 0,
          stream,
          Arrays.copyOfRange(headers, at, end));
    }
    return frame(DATA, END_STREAM, stream, EMPTY_MESSAGE);
  }

  /** Flushes what was given so far. */
  public RawHttp2 flush() throws IOException {
    out.flush();
    return this;
  }

  /** Returns the next frame; null if the server has closed the connection. */
  public @Nullable Frame read() throws IOException {
    try {
      Frame frame = readHead();
      in.skipNBytes(frame.length);
      return frame;
    } catch (EOFException | SocketException e) {
      return null;
    }
  }

  private Frame readHead() throws IOException {
    int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
    return new Frame(in.readUnsignedByte(), in.readUnsignedByte(), in.readInt(), length);
  }

  /**
   * Returns the headers or trailers that come next, and skips other frames. For connections whose
   * answers are all read in this way: each compresses the next.
   */
  public Http2Headers readHeaders() throws IOException, Http2Exception {
    Frame frame = readHead();
    while (frame.type != HEADERS) {
      in.skipNBytes(frame.length);
      frame = readHead();
    }
    if ((frame.flags & END_HEADERS) == 0) {
      throw new AssertionError("headers in several frames");
    }
    return decoder.decodeHeaders(frame.stream, Unpooled.wrappedBuffer(in.readNBytes(frame.length)));
  }

  /** Reads until a frame of {@code type}, or to the end; returns whether there was one. */
  public boolean readUntil(int type) throws IOException {
    for (Frame frame = read(); frame != null; frame = read()) {
      if (frame.type == type) {
        return true;
      }
    }
    return false;
  }

  /** Encodes a call's headers, pairs of name and value, without compression. */
  public static byte[] headers(String path, String... more) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    add(block, ":method", "POST");
    add(block, ":scheme", "http");
    add(block, ":path", path);
    add(block, ":authority", "localhost");
    add(block, "content-type", "application/grpc");
    add(block, "te", "trailers");
    for (int i = 0; i < more.length; i += 2) {
      add(block, more[i], more[i + 1]);
    }
    return block.toByteArray();
  }

  private static void add(ByteArrayOutputStream block, String name, String value) {
    block.write(0); // A literal that is not indexed (RFC 7541, section 6.2.2).
    addText(block, name);
    addText(block, value);
  }

  private static void addText(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    if (bytes.length < 127) {
      block.write(bytes.length);
    } else { // RFC 7541, section 5.1.
      block.write(127);
      int rest = bytes.length - 127;
      for (; rest >= 128; rest /= 128) {
        block.write(rest % 128 + 128);
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
