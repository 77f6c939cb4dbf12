package dev.wxnotify.server.grpc;

import io.grpc.Attributes;
import io.grpc.ServerCall;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the frames of one connection, and ends it with ENHANCE_YOUR_CALM where a client makes work
 * and no calls: by frames that carry nothing, by settings, or by mistakes that make the server
 * reset streams.
 *
 * <p>It stands right before the HTTP/2 of gRPC, after TLS, and sees every frame of either side;
 * HTTP/2 itself passes on only those that it finds good. Of what comes it reads the nine bytes that
 * each frame begins with.
 *
 * <p>A client that takes many results sends many frames that carry nothing, since it has to extend
 * the window. So each frame that the server writes allows two of them.
 *
 * <p>A client that does not take the answers is not read from until it does: HTTP/2 would keep them
 * without a bound. After {@value #REFUSALS_BEFORE_REST} calls that were refused at once, a
 * connection rests for a moment, so that refusing takes little time from the calls of other
 * connections.
 *
 * <p>All of it runs on the connection's thread.
 *
 * <p>It is long because every kind of frame and its bound are in one place.
 */
final class FrameGuard extends ChannelDuplexHandler {
  /** Frames that carry nothing, beside two for each that the server writes. */
  static final int MAX_IDLE = 10_000;

  /** A client changes its settings a few times in the life of a connection. */
  static final int MAX_SETTINGS = 100;

  /** No client has a reason to send DATA without content but to end a stream. */
  static final int MAX_EMPTY = 100;

  /** Streams that the server resets for a mistake of the client. */
  static final int MAX_MISTAKES = 100;

  static final Duration WINDOW = Duration.ofSeconds(10);

  /** Calls that are refused at once, before their connection rests. */
  static final int REFUSALS_BEFORE_REST = 100;

  static final Duration REST = Duration.ofMillis(250);

  /** The guard of a call's connection. */
  static final Attributes.Key<FrameGuard> OF_CONNECTION =
      Attributes.Key.create("wxnotify-frame-guard");

  /** So many calls that the client cancels cost as much as a connection. */
  private static final int CANCELLED_AS_CONNECTION = 10;

  /** In frames that carry nothing; two are allowed for the answer. */
  private static final int COST_OF_REFUSAL = 5;

  /** In connections. */
  private static final int COST_OF_ABUSE = 40;

  private static final Logger log = LoggerFactory.getLogger(FrameGuard.class);

  /** Where the type stands in the head of a frame. */
  private static final int TYPE = 3;

  private static final int PREFACE = Http2CodecUtil.connectionPrefaceBuf().readableBytes();
  private static final int RST_LENGTH = 4;
  private static final long LAST_WORDS_MILLIS = 500;

  private final GrpcHttp2ConnectionHandler http2;
  private final LongSupplier nanoClock;
  private final Runnable whenEstablished;
  private final IntConsumer whenCostly;

  private @Nullable ChannelHandlerContext context;

  private final byte[] head = new byte[Http2CodecUtil.FRAME_HEADER_LENGTH];
  private int headBytes;
  private int skip = PREFACE;
  private boolean established;
  private boolean ended;
  private boolean resting;

  private long windowNanos;
  private int idle;
  private int settings;
  private int empty;
  private int mistakes;
  private int cancelled;
  private int refused;

  /**
   * Guards a connection.
   *
   * @param http2 the handler behind this one
   * @param nanoClock as {@link System#nanoTime}
   * @param whenEstablished runs when the client has said what every client says first
   * @param whenCostly takes how many connections the peer's abuse counts as much as
   */
  FrameGuard(
      GrpcHttp2ConnectionHandler http2,
      LongSupplier nanoClock,
      Runnable whenEstablished,
      IntConsumer whenCostly) {
    this.http2 = http2;
    this.nanoClock = nanoClock;
    this.whenEstablished = whenEstablished;
    this.whenCostly = whenCostly;
    this.windowNanos = nanoClock.getAsLong();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      if (!ended) {
        turnWindow();
        count(bytes);
        endIfTooMany();
      }
      if (ended) {
        bytes.release();
        return;
      }
    }
    ctx.fireChannelRead(message);
  }

  private void turnWindow() {
    long now = nanoClock.getAsLong();
    if (now - windowNanos >= WINDOW.toNanos()) {
      windowNanos = now;
      idle = 0;
      settings = 0;
      empty = 0;
      mistakes = 0;
    }
  }

  private void count(ByteBuf bytes) {
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    while (at < end) {
      if (skip > 0) {
        int skipped = Math.min(skip, end - at);
        at += skipped;
        skip -= skipped;
      } else {
        head[headBytes++] = bytes.getByte(at++);
        if (headBytes == head.length) {
          headBytes = 0;
          skip = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
          count(head[TYPE]);
        }
      }
    }
  }

  private void count(byte type) {
    if (!established) {
      established = true;
      whenEstablished.run();
    }
    if (type == Http2FrameTypes.SETTINGS) {
      settings++;
    }
    if (type == Http2FrameTypes.RST_STREAM && ++cancelled % CANCELLED_AS_CONNECTION == 0) {
      whenCostly.accept(1);
    }
    if (type != Http2FrameTypes.DATA && type != Http2FrameTypes.HEADERS) {
      idle++;
    }
  }

  /** DATA that is too short to hold a message, and does not end its stream. */
  void sawFragment(int length) throws Http2Exception {
    if (length == 0) {
      empty++;
    } else {
      idle++;
    }
    endIfTooMany();
    if (ended) { // What is left of the bytes at hand is not looked at.
      throw tooMuch();
    }
  }

  /**
   * A call was refused before anything was done for it. As cheap as it is, it makes more work than
   * it carries, and there may be many thousands in a second.
   */
  void sawRefusal() {
    idle += COST_OF_REFUSAL;
    if (++refused % REFUSALS_BEFORE_REST == 0 && !resting) {
      resting = true;
      readOrNot();
      var ignored =
          channel().eventLoop().schedule(this::endRest, REST.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void endRest() {
    resting = false;
    readOrNot();
  }

  /** Does the same for a call that gRPC has seen; runs on the thread of its connection. */
  static void sawRefusal(ServerCall<?, ?> call) {
    FrameGuard guard = call.getAttributes().get(OF_CONNECTION);
    if (guard != null) {
      guard.sawRefusal();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    readOrNot();
    ctx.fireChannelWritabilityChanged();
  }

  /**
   * A client that does not take what is written, or whose connection rests, is not read from. The
   * channel has to know, which reads by itself, and so have the handlers behind, which ask for more
   * where it does not: a channel that may be read from again asks by itself.
   */
  private void readOrNot() {
    channel().config().setAutoRead(mayRead());
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    if (mayRead()) {
      ctx.read();
    }
  }

  private boolean mayRead() {
    return channel().isWritable() && !resting;
  }

  private Channel channel() {
    return Objects.requireNonNull(context, "added").channel();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes && bytes.readableBytes() >= head.length) {
      countWritten(bytes, bytes.readerIndex());
    }
    var ignored = ctx.write(message, promise);
  }

  /**
   * HTTP/2 gives each frame, or the head of it, as a buffer of its own. A piece of content that
   * looks like one does no harm.
   */
  private void countWritten(ByteBuf bytes, int at) {
    switch (bytes.getByte(at + TYPE)) {
      case Http2FrameTypes.DATA, Http2FrameTypes.HEADERS -> idle -= 2;
      case Http2FrameTypes.RST_STREAM -> {
        if (bytes.readableBytes() == head.length + RST_LENGTH
            && bytes.getUnsignedMedium(at) == RST_LENGTH
            && isForMistake(bytes.getUnsignedInt(at + head.length))) {
          mistakes++;
        }
      }
      default -> {
        // An answer to what was counted when it came.
      }
    }
  }

  private static boolean isForMistake(long code) {
    return code != Http2Error.NO_ERROR.code() && code != Http2Error.CANCEL.code();
  }

  private static Http2Exception tooMuch() {
    return new Http2Exception(
        Http2Error.ENHANCE_YOUR_CALM, "too_many_frames", Http2Exception.ShutdownHint.HARD_SHUTDOWN);
  }

  private void endIfTooMany() {
    if (idle > MAX_IDLE) {
      end("frames without content");
    } else if (settings > MAX_SETTINGS) {
      end("settings");
    } else if (empty > MAX_EMPTY) {
      end("empty DATA");
    } else if (mistakes > MAX_MISTAKES) {
      end("streams that had to be reset");
    }
  }

  private void end(String tooMany) {
    if (ended) {
      return;
    }
    ended = true;
    ChannelHandlerContext ctx = Objects.requireNonNull(context, "added").pipeline().context(http2);
    if (ctx == null) {
      return; // The connection is closed already.
    }
    log.warn("closing the connection from {}: too many {}", ctx.channel().remoteAddress(), tooMany);
    whenCostly.accept(COST_OF_ABUSE);
    http2.onError(ctx, false, tooMuch());
    // A client that reads nothing would keep the connection until the last words are written.
    var ignored = ctx.executor().schedule(() -> close(), LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Without gRPC, which would wait for calls to end. */
  private void close() {
    var ignored = Objects.requireNonNull(context, "added").close();
  }
}
