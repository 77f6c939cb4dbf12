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
 * The calls of our services that are not over, so that a stop ends with the last answer. The server
 * of gRPC itself waits for connections: for clients that never close their half of a stream, that
 * watch its health, or that do not answer.
 *
 * <p>A call is over when its last byte was handed to the socket, or when it was cancelled. A caller
 * that does not read keeps its call open for ever; it is given up once no message is being worked
 * on and no answer could be sent for {@link #PATIENCE}.
 *
 * <p>Concurrency: the number is atomic. Whoever ends the last call while somebody waits wakes that
 * one up, which looks by itself every {@value #INTERVAL_MILLIS} ms for what nobody tells it.
 */
final class OpenCalls extends ServerStreamTracer.Factory {
  /** How long a caller may take no answer when all is done. */
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
    /** All is done, and the callers of those that are open do not read. */
    NOT_READ,
    /** The time was over. */
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
   * Waits until no call is open, or nobody takes the answers.
   *
   * @param endNanos until when, as {@link System#nanoTime}
   * @param isBusy whether answers may still come
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
