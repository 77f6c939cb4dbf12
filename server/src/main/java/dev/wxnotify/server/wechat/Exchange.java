package dev.wxnotify.server.wechat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One request and its result. {@link #written} alone decides whether a failure came before or after
 * the request was written; it is set immediately before the first byte. The class of an exception
 * does not show that.
 *
 * <pre>
 *   (made) ──begin──▶ on one event loop ──passGate──▶ written ──end──▶ Answered or Broken
 *                              │ timeout, no connection, gate says no
 *                              └──────────────end──▶ NotWritten
 * </pre>
 *
 * <p>Concurrency: after {@link #begin}, one event loop works on it, that of its connection, and its
 * timeout is a timer of that loop. So no lock is needed, and the result and the gate agree,
 * whichever comes first.
 */
final class Exchange {
  private final RequestTarget target;
  private final byte @Nullable [] json;
  private final BooleanSupplier gate;
  private final long dueNanos;
  private final AnswerSize size;
  private final CompletableFuture<HttpResult> result = new CompletableFuture<>();

  private @Nullable Future<?> timeout;
  private @Nullable Channel channel;
  private boolean written;
  private boolean ended;

  /**
   * Creates an exchange.
   *
   * @param json the body of a POST; null for a GET
   * @param gate called once, immediately before the first byte; false means that nothing is written
   * @param timeout the longest time from now to the end of the answer
   * @param size what may come, and what is kept of it
   */
  Exchange(
      RequestTarget target,
      byte @Nullable [] json,
      BooleanSupplier gate,
      Duration timeout,
      AnswerSize size) {
    this.target = target;
    this.json = json;
    this.gate = gate;
    this.dueNanos = System.nanoTime() + timeout.toNanos();
    this.size = size;
  }

  /** Always completes, and normally. */
  CompletableFuture<HttpResult> result() {
    return result;
  }

  boolean isEnded() {
    return ended;
  }

  /** Returns the largest body of an answer to it, in bytes. */
  int maxAnswer() {
    return size.most();
  }

  /** Binds the exchange to the event loop that works on it from now on. */
  void begin(EventLoop loop) {
    timeout = loop.schedule(this::timeOut, dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  /** Sets the channel that is closed if the time runs out. */
  void uses(Channel channel) {
    this.channel = channel;
  }

  private void timeOut() {
    fail(written ? "no answer in time" : "no connection in time");
    closeChannel();
  }

  /** Ends because of a fault of this server. */
  void breakDown(Throwable fault) {
    fail(NetworkFault.explain(fault));
    closeChannel();
  }

  /** Closes the channel, so that nothing that arrives late on it is used as an answer. */
  private void closeChannel() {
    if (channel != null) {
      var ignored = channel.close();
    }
  }

  /**
   * Returns null if the request may be written, and then counts as written; otherwise the reason.
   */
  @Nullable String passGate() {
    try {
      written = !ended && gate.getAsBoolean();
      return written ? null : "abandoned before it was written";
    } catch (RuntimeException | Error e) {
      return "the gate failed (" + e.getClass().getSimpleName() + ")";
    }
  }

  /** Returns the request in its wire format. */
  ByteBuf encode(ByteBufAllocator allocator) {
    return json == null ? target.get(allocator) : target.post(allocator, json);
  }

  /** Ends without an answer. */
  void fail(String explanation) {
    end(written ? new HttpResult.Broken(explanation) : new HttpResult.NotWritten(explanation));
  }

  /** Ends with a complete answer. */
  void answer(int status, @Nullable WeChatAnswer answer, byte[] body) {
    end(new HttpResult.Answered(status, answer, size.isKept() ? new AnswerBody(body) : null));
  }

  /** Ends; only the first end counts. */
  void end(HttpResult how) {
    if (ended) {
      return;
    }
    ended = true;
    if (timeout != null) {
      timeout.cancel(false);
    }
    result.complete(how);
  }
}
