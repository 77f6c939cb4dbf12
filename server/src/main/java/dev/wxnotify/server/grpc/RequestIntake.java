package dev.wxnotify.server.grpc;

import dev.wxnotify.v1.SendError;
import io.grpc.InternalStatus;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.internal.TransportFrameUtil;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Receives the calls of one connection, and passes them to gRPC.
 *
 * <pre>
 *   HEADERS ─▶ too large, or too many open calls? ─▶ gRPC
 *   DATA ─▶ a part of a message? kept in one buffer until it is whole ─▶ gRPC
 *                                     └─▶ too many bytes? the call ends
 * </pre>
 *
 * <p>gRPC keeps each frame of a message as a separate buffer until the message is whole, and with
 * it all bytes that were read from the socket together. So the parts of a message are copied into
 * one buffer here, and gRPC receives whole messages only. A message that arrives whole is copied if
 * it would hold much more memory than its own size. For HTTP/2, bytes that are kept here are not
 * consumed, so that the windows bound them together with those that gRPC has not read.
 *
 * <p>A call for which there is no memory is refused with the contract's OVERLOADED as long as gRPC
 * has seen none of it; later the stream is reset with ENHANCE_YOUR_CALM, which clients report as
 * RESOURCE_EXHAUSTED.
 *
 * <p>All of it runs on the connection's thread.
 *
 * <p>It is long because every frame of a call passes here, and their order decides what memory is
 * held.
 */
final class RequestIntake extends Http2FrameListenerDecorator {
  /** The length of the prefix of each message: a flag, and the message's length. */
  private static final int PREFIX = 5;

  /** What HTTP/2 counts for a header in addition to its text. */
  private static final int HEADER = 32;

  private static final AsciiString TE = AsciiString.cached("te");

  /** A smaller message is copied out of the bytes that were read from the socket with it. */
  private static final int COPIED_BELOW = ConnectionSettings.READ / 2;

  private static final Http2Headers OVERLOADED = trailers(SendErrors.noRoomForCalls());
  private static final Http2Headers METADATA_TOO_LARGE =
      trailers(SendErrors.metadataTooLarge(ConnectionSettings.MAX_METADATA));

  private static final long RESET_AFTER_MILLIS = 1_000;

  private final GrpcHttp2ConnectionHandler http2;
  private final Http2Connection connection;
  private final FrameGuard guard;
  private final SharedRoom.Share bytes;
  private final SharedRoom.Share calls;
  private final Http2Connection.PropertyKey key;
  private final UnreadBytes unread;

  /** An open call that gRPC knows. */
  private final class Call {
    private final int size;

    /** The beginning of a message; null if there is none. */
    private @Nullable ByteBuf part;

    /** Whether gRPC has seen a message, or a part of one. */
    private boolean seen;

    /** Whether a message is too large, which gRPC reports: the rest is ignored. */
    private boolean tooLarge;

    Call(int size) {
      this.size = size;
    }

    void end() {
      calls.give(size);
      ByteBuf held = part;
      part = null;
      if (held != null) {
        held.release();
      }
    }
  }

  private RequestIntake(
      GrpcHttp2ConnectionHandler http2,
      Http2FrameListener grpc,
      FrameGuard guard,
      SharedRoom.Share bytes,
      SharedRoom.Share calls) {
    super(grpc);
    this.http2 = http2;
    this.connection = http2.connection();
    this.guard = guard;
    this.bytes = bytes;
    this.calls = calls;
    this.key = connection.newKey();
    this.unread = new UnreadBytes(connection, bytes);
  }

  /** Installs an intake before gRPC's own listener, on a connection that has not begun. */
  static void install(
      GrpcHttp2ConnectionHandler http2,
      FrameGuard guard,
      SharedRoom.Share bytes,
      SharedRoom.Share calls) {
    RequestIntake intake =
        new RequestIntake(http2, http2.decoder().frameListener(), guard, bytes, calls);
    http2.decoder().frameListener(intake);
    intake.connection.local().flowController(intake.unread);
    intake.connection.addListener(
        new Http2ConnectionAdapter() {
          @Override
          public void onStreamClosed(Http2Stream stream) {
            intake.ended(stream);
          }
        });
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int streamDependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean endOfStream)
      throws Http2Exception {
    Http2Stream stream = connection.stream(streamId);
    if (stream != null && stream.getProperty(key) == null) {
      if (connection.numActiveStreams() > ConnectionSettings.MAX_CALLS) {
        // HTTP/2 enforces the bound only after the client has acknowledged it.
        reset(ctx, stream, Http2Error.REFUSED_STREAM);
        return;
      }
      int size = sizeOf(headers);
      if (size > ConnectionSettings.MAX_METADATA) {
        refuse(ctx, stream, METADATA_TOO_LARGE, endOfStream);
        return;
      }
      if (!calls.tryTake(CallerMemory.CALL + size)) {
        refuse(ctx, stream, OVERLOADED, endOfStream);
        return;
      }
      stream.setProperty(key, new Call(CallerMemory.CALL + size));
    }
    super.onHeadersRead(
        ctx, streamId, headers, streamDependency, weight, exclusive, padding, endOfStream);
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
      throws Http2Exception {
    Http2Stream stream = connection.stream(streamId);
    Call call = stream == null ? null : stream.getProperty(key);
    int length = data.readableBytes();
    if (length < PREFIX && !endOfStream) {
      guard.sawFragment(length);
    }
    if (stream == null || call == null) {
      return length + padding; // It was refused, and the client does not know that yet.
    }
    if (length == 0 && !endOfStream) {
      return padding;
    }
    if (endOfStream || call.tooLarge) {
      passOn(ctx, stream, call, together(ctx, call, data), endOfStream);
    } else if (call.part == null) {
      int whole = wholeMessages(call, data);
      if (whole > 0) {
        passOn(ctx, stream, call, own(ctx, data.readRetainedSlice(whole)), false);
      }
      if (data.isReadable() && isOpen(stream)) {
        call.part = ctx.alloc().buffer(data.readableBytes()).writeBytes(data);
      }
    } else {
      passOnWhole(ctx, stream, call, call.part.writeBytes(data));
    }
    if (bytes.hasRoomFor(0) || unread.of(stream) <= padding || !isOpen(stream)) {
      return padding;
    }
    giveUp(ctx, stream, call);
    return 0; // A stream that is gone consumes nothing.
  }

  /** Passes on the whole messages of {@code part}; without any, {@code part} stays as it is. */
  private void passOnWhole(ChannelHandlerContext ctx, Http2Stream stream, Call call, ByteBuf part)
      throws Http2Exception {
    int whole = wholeMessages(call, part);
    if (whole == 0) {
      return;
    }
    call.part =
        whole == part.readableBytes()
            ? null
            : ctx.alloc()
                .buffer(part.readableBytes() - whole)
                .writeBytes(part, part.readerIndex() + whole, part.readableBytes() - whole);
    passOn(ctx, stream, call, part.writerIndex(part.readerIndex() + whole), false);
  }

  /** Returns the number of bytes of the whole messages; all bytes, if a message is too large. */
  private static int wholeMessages(Call call, ByteBuf data) {
    int at = data.readerIndex();
    int end = data.writerIndex();
    while (end - at >= PREFIX) {
      long length = data.getUnsignedInt(at + 1);
      if (length > GrpcServer.MAX_REQUEST) {
        call.tooLarge = true;
        return data.readableBytes();
      }
      if (end - at - PREFIX < length) {
        break;
      }
      at += PREFIX + (int) length;
    }
    return at - data.readerIndex();
  }

  /** Returns the bytes kept so far, followed by {@code data}. */
  private static ByteBuf together(ChannelHandlerContext ctx, Call call, ByteBuf data) {
    ByteBuf part = call.part;
    call.part = null;
    return part == null
        ? own(ctx, data.readRetainedSlice(data.readableBytes()))
        : part.writeBytes(data);
  }

  /** Copies a slice that is small compared with the memory that it would hold. */
  private static ByteBuf own(ChannelHandlerContext ctx, ByteBuf slice) {
    if (slice.readableBytes() >= COPIED_BELOW) {
      return slice;
    }
    try {
      return ctx.alloc().buffer(Math.max(1, slice.readableBytes())).writeBytes(slice);
    } finally {
      slice.release();
    }
  }

  /** Passes on {@code data}, of which gRPC keeps what it needs. */
  private void passOn(
      ChannelHandlerContext ctx, Http2Stream stream, Call call, ByteBuf data, boolean endOfStream)
      throws Http2Exception {
    try {
      call.seen |= data.isReadable();
      unread.hasBuffer(stream);
      super.onDataRead(ctx, stream.id(), data, 0, endOfStream);
    } finally {
      data.release();
    }
  }

  private boolean isOpen(Http2Stream stream) {
    return stream.getProperty(key) != null;
  }

  private void giveUp(ChannelHandlerContext ctx, Http2Stream stream, Call call)
      throws Http2Exception {
    boolean unseen = !call.seen && !stream.isHeadersSent();
    super.onRstStreamRead(ctx, stream.id(), Http2Error.ENHANCE_YOUR_CALM.code());
    if (unseen) {
      ended(stream);
      refuse(ctx, stream, OVERLOADED, false);
    } else {
      reset(ctx, stream, Http2Error.ENHANCE_YOUR_CALM);
    }
  }

  /**
   * Answers a call that gRPC does not see. What the client sends for it meanwhile is dropped; if
   * the call does not end by itself, it is reset.
   */
  private void refuse(
      ChannelHandlerContext ctx, Http2Stream stream, Http2Headers answer, boolean ended) {
    guard.sawRefusal();
    var written = http2.encoder().writeHeaders(ctx, stream.id(), answer, 0, true, ctx.newPromise());
    if (!ended && (!written.isDone() || written.isSuccess())) {
      var ignored =
          ctx.executor()
              .schedule(() -> cutOff(ctx, stream), RESET_AFTER_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void cutOff(ChannelHandlerContext ctx, Http2Stream stream) {
    if (connection.stream(stream.id()) == stream) {
      reset(ctx, stream, Http2Error.NO_ERROR);
      ctx.flush();
    }
  }

  private void reset(ChannelHandlerContext ctx, Http2Stream stream, Http2Error why) {
    var ignored = http2.resetStream(ctx, stream.id(), why.code(), ctx.newPromise());
  }

  private void ended(Http2Stream stream) {
    Call call = stream.removeProperty(key);
    if (call != null) {
      call.end();
    }
    unread.ended(stream);
  }

  /** gRPC's own headers do not list the ones that every call has. */
  private static int sizeOf(Http2Headers headers) {
    int size =
        sizeOf(Http2Headers.PseudoHeaderName.METHOD.value(), headers.method())
            + sizeOf(Http2Headers.PseudoHeaderName.SCHEME.value(), headers.scheme())
            + sizeOf(Http2Headers.PseudoHeaderName.PATH.value(), headers.path())
            + sizeOf(Http2Headers.PseudoHeaderName.AUTHORITY.value(), headers.authority())
            + sizeOf(TE, headers.get(TE));
    for (Map.Entry<CharSequence, CharSequence> header : headers) {
      CharSequence name = header.getKey();
      if (!Http2Headers.PseudoHeaderName.hasPseudoHeaderFormat(name) && !TE.contentEquals(name)) {
        size += sizeOf(name, header.getValue());
      }
    }
    return size;
  }

  private static int sizeOf(CharSequence name, @Nullable CharSequence value) {
    return value == null ? 0 : name.length() + value.length() + HEADER;
  }

  private static Http2Headers trailers(SendError error) {
    StatusRuntimeException failure = Statuses.of(error);
    Metadata metadata = new Metadata();
    metadata.merge(Objects.requireNonNull(failure.getTrailers(), "details"));
    metadata.put(InternalStatus.CODE_KEY, failure.getStatus());
    String text = failure.getStatus().getDescription();
    metadata.put(InternalStatus.MESSAGE_KEY, text == null ? "" : text);
    Http2Headers headers =
        new DefaultHttp2Headers(false).status("200").set("content-type", "application/grpc");
    byte[][] serialized = TransportFrameUtil.toHttp2Headers(metadata);
    for (int i = 0; i < serialized.length; i += 2) {
      headers.add(new AsciiString(serialized[i], false), new AsciiString(serialized[i + 1], false));
    }
    return headers;
  }
}
