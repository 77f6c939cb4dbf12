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
 * One request and what came of it. Whether a failure came before or after the request was written
 * is decided by {@link #written} alone, which is set right before the first byte; an exception's
 * class says nothing of that.
 *
 * <pre>
 *   (made) ──begin──▶ on one event loop ──passGate──▶ written ──end──▶ Answered or Broken
 *                              │ timeout, no connection, gate says no
 *                              └──────────────end──▶ NotWritten
 * </pre>
 *
 * <p>Concurrency: from {@link #begin} on, one event loop works on it, that of its connection, and
 * its timeout is a timer of that loop. So nothing here needs a lock, and whichever comes first, the
 * result and the gate say the same.
 */
final class Exchange {
  private final RequestTarget target;
  private final byte @Nullable [] json;
  private final BooleanSupplier gate;
  private final long dueNanos;
  private final CompletableFuture<HttpResult> result = new CompletableFuture<>();

  private @Nullable Future<?> timeout;
  private @Nullable Channel channel;
  private boolean written;
  private boolean ended;

  /**
   * Makes an exchange.
   *
   * @param json the body of a POST; null for a GET
   * @param gate asked once, right before the first byte; false means that nothing is written
   * @param timeout the longest time from now to the end of the answer
   */
  Exchange(RequestTarget target, byte @Nullable [] json, BooleanSupplier gate, Duration timeout) {
    this.target = target;
    this.json = json;
    this.gate = gate;
    this.dueNanos = System.nanoTime() + timeout.toNanos();
  }

  /** Completes always, and normally. */
  CompletableFuture<HttpResult> result() {
    return result;
  }

  boolean isEnded() {
    return ended;
  }

  /** Binds the exchange to the event loop that works on it from now on. */
  void begin(EventLoop loop) {
    timeout = loop.schedule(this::timeOut, dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  /** Names the channel that is closed if time runs out. */
  void uses(Channel channel) {
    this.channel = channel;
  }

  private void timeOut() {
    fail(written ? "no answer in time" : "no connection in time");
    closeChannel();
  }

  /** Ends by a fault of our own. */
  void breakDown(Throwable fault) {
    fail(NetworkFault.explain(fault));
    closeChannel();
  }

  /** Whatever comes late on it is nobody's answer. */
  private void closeChannel() {
    if (channel != null) {
      var ignored = channel.close();
    }
  }

  /** Returns null if the request may be written, and counts as written from now on, or why not. */
  @Nullable String passGate() {
    try {
      written = !ended && gate.getAsBoolean();
      return written ? null : "given up before it was written";
    } catch (RuntimeException | Error e) {
      return "the gate failed (" + e.getClass().getSimpleName() + ")";
    }
  }

  /** Returns the request as it goes over the wire. */
  ByteBuf encode(ByteBufAllocator allocator) {
    return json == null ? target.get(allocator) : target.post(allocator, json);
  }

  /** Ends without an answer. */
  void fail(String explanation) {
    end(written ? new HttpResult.Broken(explanation) : new HttpResult.NotWritten(explanation));
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
