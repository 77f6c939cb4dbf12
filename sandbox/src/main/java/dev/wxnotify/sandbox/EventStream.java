package dev.wxnotify.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wxnotify.web.EventSource;
import dev.wxnotify.web.ServerSentEvent;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that gets events until either side ends it. Like all answers, they are written
 * below the HTTP codec; their end is that of the connection.
 */
final class EventStream implements PacedSink {

  private static final Logger log = LoggerFactory.getLogger(EventStream.class);
  private static final byte[] COMMENT = ":\n\n".getBytes(UTF_8);

  /** Beyond, the client does not read; it may come again. */
  private static final int MOST_PENDING = 1024 * 1024;

  private static final int PAUSE_FROM = 64 * 1024;

  private final ChannelHandlerContext ctx;
  private final EventStreams streams;
  private final AtomicLong pending = new AtomicLong();
  private final AtomicLong written = new AtomicLong();
  private @Nullable AutoCloseable source;
  private @Nullable Future<?> heartbeat;
  private long writtenBefore;
  private volatile boolean ended;

  /** Of a client for which there was room. */
  EventStream(ChannelHandlerContext ctx, EventStreams streams) {
    this.ctx = ctx;
    this.streams = streams;
  }

  /** Writes the head and begins. On the event loop, like {@link #gone}. */
  void begin(byte[] head, EventSource from) {
    write(head);
    long nanos = streams.heartbeat().toNanos();
    heartbeat = ctx.executor().scheduleAtFixedRate(this::beat, nanos, nanos, TimeUnit.NANOSECONDS);
    try {
      source = from.open(this);
    } catch (RuntimeException e) {
      log.warn("a stream could not begin", e);
      close();
    }
  }

  @Override
  public boolean send(ServerSentEvent event) {
    if (ended || !ctx.channel().isActive()) {
      return false;
    }
    byte[] bytes = event.encoded();
    if (pending.get() > 0 && pending.get() + bytes.length > MOST_PENDING) {
      cut();
      return false;
    }
    write(bytes);
    return true;
  }

  @Override
  public boolean ready() {
    return pending.get() < PAUSE_FROM;
  }

  /** Ends the stream after what has been sent. */
  @Override
  public void close() {
    if (!ended) {
      ended = true;
      Wire.write(ctx, Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  /** The connection has ended. */
  void gone() {
    ended = true;
    streams.leave();
    if (heartbeat != null) {
      heartbeat.cancel(false);
    }
    if (source != null) {
      try {
        source.close();
      } catch (Exception e) {
        log.warn("a stream could not end", e);
      }
    }
  }

  /** Also finds a client that has not read anything since the last time. */
  private void beat() {
    long now = written.get();
    if (pending.get() > 0 && now == writtenBefore) {
      cut();
      return;
    }
    writtenBefore = now;
    if (!ended) {
      write(COMMENT);
    }
  }

  private void cut() {
    if (!ended) {
      ended = true;
      log.debug("a reader of events is too slow");
      var unused = ctx.close();
    }
  }

  private void write(byte[] bytes) {
    pending.addAndGet(bytes.length);
    var unused =
        Wire.write(ctx, Unpooled.wrappedBuffer(bytes))
            .addListener(
                done -> {
                  pending.addAndGet(-bytes.length);
                  written.incrementAndGet();
                });
  }
}
