package dev.wxnotify.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory of one kind that all connections share, in bytes. The first half is for whoever comes
 * first; of the second half each connection has its equal part, and a small part of its own in any
 * case. So a few connections that take all they can get leave room for the others, and what is
 * refused is the newest of those that have most.
 *
 * <p>Nothing is set aside: these are counters, and whoever has no room is expected to refuse what
 * came, or to read no further.
 */
final class SharedRoom {
  private final long half;
  private final long leastShare;
  private final AtomicLong used = new AtomicLong();
  private final AtomicInteger shares = new AtomicInteger();

  /**
   * Creates it.
   *
   * @param most how much there is, but for {@code leastShare} of each connection
   * @param leastShare what each connection may have, however many there are
   */
  SharedRoom(long most, long leastShare) {
    this.half = most / 2;
    this.leastShare = leastShare;
  }

  /** Returns the part of one more connection, which is to be closed with it. */
  Share open() {
    shares.incrementAndGet();
    return new Share();
  }

  /** Returns how much is taken. */
  long used() {
    return used.get();
  }

  /** The part of one connection. Any thread may use it. */
  final class Share implements AutoCloseable {
    private volatile long held;

    @GuardedBy("this")
    private boolean closed;

    /** Takes so much if there is room for it. */
    boolean tryTake(long bytes) {
      if (!hasRoomFor(bytes)) {
        return false;
      }
      take(bytes);
      return true;
    }

    /** Tells whether there is room for so much more. */
    boolean hasRoomFor(long bytes) {
      return used.get() + bytes <= half
          || held + bytes <= Math.max(leastShare, half / Math.max(1, shares.get()));
    }

    /** Takes so much, whether or not there is room; a negative number gives it back. */
    synchronized void take(long bytes) {
      if (!closed) {
        held += bytes;
        used.addAndGet(bytes);
      }
    }

    /** Gives so much back. */
    void give(long bytes) {
      take(-bytes);
    }

    /** Gives back whatever is held; what is taken or given afterwards does not count. */
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
