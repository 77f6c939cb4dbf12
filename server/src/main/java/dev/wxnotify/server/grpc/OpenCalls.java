package dev.wxnotify.server.grpc;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * The open calls of our services, so that a stop ends with the last answer. gRPC's server itself
 * waits for connections, including clients that never close their half of a stream, that watch
 * health, or that do not answer.
 *
 * <p>A call ends when its last byte was passed to the socket, or when it was cancelled. A caller
 * that does not read keeps its call open forever; such a call is given up once no message is in
 * progress and no answer could be sent for {@link #PATIENCE}.
 *
 * <p>Concurrency: the number is atomic. The thread that ends the last call wakes the waiting one.
 * That one also checks every {@value #INTERVAL_MILLIS} ms for changes without a notification.
 */
final class OpenCalls extends ServerStreamTracer.Factory {
  /** How long a caller may leave its answer unread when all messages are complete. */
  static final Duration PATIENCE = Duration.ofMillis(600);

  private static final long INTERVAL_MILLIS = 20;
  private static final String OURS = "wxnotify.";
  private static final ServerStreamTracer OTHERS = new ServerStreamTracer() {};

  private final AtomicInteger open = new AtomicInteger();
  private final Semaphore noneLeft = new Semaphore(0);
  private volatile boolean awaited;
  private volatile boolean moved;

  /** How waiting ended. */
  enum End {
    /** No call is open. */
    NONE_OPEN,
    /** All messages are complete, and the callers of the open calls do not read. */
    NOT_READ,
    /** The time was up. */
    LATE
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    if (!method.startsWith(OURS)) {
      return OTHERS;
    }
    open.incrementAndGet();
    return new Call();
  }

  private final class Call extends ServerStreamTracer {
    private final AtomicBoolean over = new AtomicBoolean();

    @Override
    public void streamClosed(Status status) {
      if (!over.getAndSet(true) && open.decrementAndGet() == 0 && awaited) {
        noneLeft.release();
      }
    }

    @Override
    public void outboundMessageSent(int number, long wireSize, long uncompressedSize) {
      if (awaited) {
        moved = true;
      }
    }
  }

  /** Tells whether no call is open. */
  boolean areNone() {
    return open.get() == 0;
  }

  /**
   * Waits until no call is open, or no caller reads its answers.
   *
   * @param endNanos until when, as {@link System#nanoTime}
   * @param isBusy whether more answers are expected
   */
  End await(long endNanos, BooleanSupplier isBusy) throws InterruptedException {
    awaited = true;
    long movedAt = System.nanoTime();
    while (open.get() > 0) {
      long now = System.nanoTime();
      if (now - endNanos >= 0) {
        return End.LATE;
      }
      if (moved || isBusy.getAsBoolean()) {
        moved = false;
        movedAt = now;
      } else if (now - movedAt >= PATIENCE.toNanos()) {
        return End.NOT_READ;
      }
      var ignored = noneLeft.tryAcquire(INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }
    return End.NONE_OPEN;
  }
}
