package dev.wxnotify.server.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One answer that stays open.
 *
 * <pre>
 *   begin ─▶ head, and the source is opened ─▶ events, and a comment every heartbeat ─▶ ended
 *                                                 │ what ends it: the source; the client that is
 *                                                 │ gone, or does not read; the end of the port
 *                                                 └─▶ the source is closed, once
 * </pre>
 *
 * <p>What the client has not read waits here, up to a bound. A client that reads nothing from one
 * heartbeat to the next, though something waits for it, is taken for gone: also after the source
 * has ended, since a stream takes a place until its connection is closed.
 *
 * <p>Concurrency: everything happens on the event loop, except that {@link #send} counts what waits
 * and looks at {@link #ended} on the thread of the source.
 */
final class Streaming implements HttpStream.Sink {
  /** A comment, which clients skip. */
  private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

  private static final Logger log = LoggerFactory.getLogger(Streaming.class);

  private final ChannelHandlerContext context;
  private final HttpPort.Streams limits;
  private final AtomicLong unread = new AtomicLong();
  private volatile boolean ended;
  private @Nullable AutoCloseable source;
  private @Nullable Future<?> heartbeats;
  private long written;

  /** None at the first heartbeat, which so ends nothing. */
  private long writtenBefore = -1;

  Streaming(ChannelHandlerContext context, HttpPort.Streams limits) {
    this.context = context;
    this.limits = limits;
  }

  /** Writes the head and opens the source. */
  void begin(HttpResponse head, HttpStream stream) {
    context.writeAndFlush(head).addListener(this::closeUnlessWritten);
    Duration every = limits.heartbeat();
    heartbeats =
        context
            .executor()
            .scheduleAtFixedRate(
                this::heartbeat, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    AutoCloseable opened;
    try {
      opened = stream.open(this);
    } catch (RuntimeException e) {
      log.error("a stream could not be opened", e);
      end();
      return;
    }
    if (ended) {
      close(opened); // It ended itself at once, or the client is gone already.
    } else {
      source = opened;
    }
  }

  @Override
  public boolean send(byte[] events) {
    if (ended) {
      return false;
    }
    if (unread.addAndGet(events.length) > limits.maxUnread()) {
      onLoop(this::dropClient);
      return false;
    }
    return onLoop(() -> write(events));
  }

  @Override
  public void close() {
    onLoop(this::end);
  }

  private boolean onLoop(Runnable step) {
    try {
      context
          .executor()
          .execute(step); // Always: a source that sends while it is opened is no case.
      return true;
    } catch (RejectedExecutionException e) {
      log.debug("the port is closed already");
      return false;
    }
  }

  private void write(byte[] events) {
    if (ended) {
      return;
    }
    context
        .writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(events)))
        .addListener(
            (ChannelFutureListener)
                done -> {
                  unread.addAndGet(-events.length);
                  written++;
                  closeUnlessWritten(done);
                });
  }

  private void closeUnlessWritten(io.netty.util.concurrent.Future<?> done) {
    if (!done.isSuccess()) {
      dropClient();
    }
  }

  private void heartbeat() {
    if (unread.get() > 0 && written == writtenBefore) {
      dropClient();
      return;
    }
    writtenBefore = written;
    if (!ended) {
      unread.addAndGet(HEARTBEAT.length);
      write(HEARTBEAT);
    }
  }

  /** Closes the connection without a word more. */
  private void dropClient() {
    var ignored = context.close();
  }

  /** The source has no more: the client gets the rest, and the end. */
  private void end() {
    if (!ended) {
      ended = true;
      closeSource();
      unread.incrementAndGet(); // The end waits for the client too.
      context
          .writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
          .addListener(ChannelFutureListener.CLOSE);
    }
  }

  /** The connection is closed. */
  void gone() {
    ended = true;
    Future<?> beats = heartbeats;
    if (beats != null) {
      beats.cancel(false);
      heartbeats = null;
    }
    closeSource();
  }

  private void closeSource() {
    AutoCloseable opened = source;
    if (opened != null) {
      source = null;
      close(opened);
    }
  }

  private static void close(AutoCloseable opened) {
    try {
      opened.close();
    } catch (Exception e) {
      log.error("the source of a stream could not be closed", e);
    }
  }
}
