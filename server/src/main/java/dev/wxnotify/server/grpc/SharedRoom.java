package dev.wxnotify.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory of one kind that all connections share, in bytes. The first half is first come, first
 * served. Of the second half each connection has an equal part, and a small guaranteed part in any
 * case. So a few connections that take all they can leave room for the others, and the newest
 * requests of the largest users are refused.
 *
 * <p>Nothing is allocated: these are counters. A connection without room must refuse what arrives,
 * or stop reading.
 */
final class SharedRoom {
  private final long half;
  private final long leastShare;
  private final AtomicLong used = new AtomicLong();
  private final AtomicInteger shares = new AtomicInteger();

  /**
   * Creates the counters.
   *
   * @param most the size, in addition to {@code leastShare} of each connection
   * @param leastShare the guaranteed part of each connection, however many there are
   */
  SharedRoom(long most, long leastShare) {
    this.half = most / 2;
    this.leastShare = leastShare;
  }

  /** Returns the part of one more connection, which must be closed with the connection. */
  Share open() {
    shares.incrementAndGet();
    return new Share();
  }

  /** Returns the number of bytes taken. */
  long used() {
    return used.get();
  }

  /** The part of one connection. Any thread may use it. */
  final class Share implements AutoCloseable {
    private volatile long held;

    @GuardedBy("this")
    private boolean closed;

    /** Takes this number of bytes if there is room. */
    boolean tryTake(long bytes) {
      if (!hasRoomFor(bytes)) {
        return false;
      }
      take(bytes);
      return true;
    }

    /** Tells whether there is room for this number of bytes. */
    boolean hasRoomFor(long bytes) {
      return used.get() + bytes <= half
          || held + bytes <= Math.max(leastShare, half / Math.max(1, shares.get()));
    }

    /** Takes this number of bytes, with or without room; a negative number gives them back. */
    synchronized void take(long bytes) {
      if (!closed) {
        held += bytes;
        used.addAndGet(bytes);
      }
    }

    /** Gives this number of bytes back. */
    void give(long bytes) {
      take(-bytes);
    }

    /** Gives all held bytes back; later calls have no effect. */
    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        shares.decrementAndGet();
        used.addAndGet(-held);
      }
    }
  }
}
