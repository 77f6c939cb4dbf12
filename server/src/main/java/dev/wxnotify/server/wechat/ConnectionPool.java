package dev.wxnotify.server.wechat;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The limit of all connections, and the idle ones, separately for each event loop. A request gets a
 * connection of its own loop, so that no other thread has to be woken for it; if none of those is
 * idle, one of another loop. The connection that was used last is used first, so that surplus
 * connections grow old and are closed.
 *
 * <p>Concurrency: the thread that takes a connection from a queue owns it; no lock is needed.
 */
final class ConnectionPool implements AutoCloseable {
  /** Below the keep-alive of common web servers, so that our side closes an idle connection. */
  static final Duration IDLE_TIMEOUT = Duration.ofSeconds(20);

  private static final Duration SWEEP_PERIOD = Duration.ofSeconds(1);

  private final AtomicInteger limit;
  private final LongSupplier nanoClock;
  private final AtomicInteger open = new AtomicInteger();
  private final IdentityHashMap<EventExecutor, Deque<Connection>> idle = new IdentityHashMap<>();
  private final List<Future<?>> sweeps = new ArrayList<>();
  private volatile boolean closed;

  /**
   * Creates an empty pool.
   *
   * @param loops the event loops of all connections
   * @param limit the maximum number of connections, those being opened included, unless it is
   *     raised
   * @param nanoClock tells how old connections are; as {@link System#nanoTime}
   */
  ConnectionPool(EventExecutorGroup loops, int limit, LongSupplier nanoClock) {
    this.limit = new AtomicInteger(limit);
    this.nanoClock = nanoClock;
    long period = SWEEP_PERIOD.toMillis();
    for (EventExecutor loop : loops) {
      Deque<Connection> own = new ConcurrentLinkedDeque<>();
      idle.put(loop, own);
      sweeps.add(
          loop.scheduleWithFixedDelay(
              () -> sweep(own, now()), period, period, TimeUnit.MILLISECONDS));
    }
  }

  int limit() {
    return limit.get();
  }

  /** Allows one connection more, until {@link #lowerLimit}. */
  void raiseLimit() {
    limit.incrementAndGet();
  }

  /** Allows one connection less; those beyond the limit end as they would otherwise. */
  void lowerLimit() {
    limit.decrementAndGet();
  }

  /** Returns the time by which connections grow old; only differences have a meaning. */
  long now() {
    return nanoClock.getAsLong();
  }

  /** Takes a place for a connection, if one is left; {@link #freePlace} returns it. */
  boolean takePlace() {
    if (open.incrementAndGet() <= limit.get()) {
      return true;
    }
    open.decrementAndGet();
    return false;
  }

  void freePlace() {
    open.decrementAndGet();
  }

  /** Takes an idle connection, preferably one of {@code loop}; null if there is none. */
  @Nullable Connection poll(EventLoop loop) {
    Connection near = pollOf(loop);
    if (near != null) {
      return near;
    }
    for (Deque<Connection> each : idle.values()) {
      Connection far = each.pollFirst();
      if (far != null) {
        return far;
      }
    }
    return null;
  }

  /** Takes an idle connection of {@code loop}, which is the calling one. */
  @Nullable Connection pollOf(EventLoop loop) {
    Deque<Connection> own = queueOf(loop);
    Connection next = own.pollFirst();
    while (next != null && !next.isOpen()) {
      next = own.pollFirst();
    }
    return next;
  }

  /** Keeps an idle connection; called on its event loop. */
  void add(Connection connection) {
    queueOf(connection.loop()).addFirst(connection);
    if (closed) {
      connection.close();
    }
  }

  /** Removes a closed connection; called on its event loop. */
  void remove(Connection connection) {
    queueOf(connection.loop()).remove(connection);
  }

  private Deque<Connection> queueOf(EventExecutor loop) {
    Deque<Connection> queue = idle.get(loop);
    if (queue == null) {
      throw new IllegalArgumentException("a connection of another event loop");
    }
    return queue;
  }

  /** Closes connections that have been idle, or open, for too long. */
  private static void sweep(Deque<Connection> queue, long now) {
    List<Connection> stale =
        queue.stream().filter(each -> each.isStale(now, IDLE_TIMEOUT.toNanos())).toList();
    for (Connection each : stale) {
      if (queue.remove(each)) { // Otherwise it is in use again.
        each.close();
      }
    }
  }

  /** Keeps no idle connections from now on; the connector closes the open ones. */
  @Override
  public void close() {
    closed = true;
    sweeps.forEach(each -> each.cancel(false));
  }
}
