package dev.wxnotify.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.netty.LostResets;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds connections where their sockets are accepted, each of which costs memory and a descriptor
 * whether or not it says anything. With as many as there may be, a new one takes the place of the
 * oldest that has not said yet what every client says first, TLS included; where all have, the new
 * one is closed. One address makes connections at a bounded rate ({@link PeerRate}).
 *
 * <p>Where the process has no descriptors left, accepting rests for a second.
 *
 * <p>It is a handler of the listening socket. What counts is under a lock, since connections begin
 * on the thread that accepts, and end on their own.
 */
final class ConnectionLimit extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(ConnectionLimit.class);
  private static final long REST_SECONDS = 1;

  private final int most;

  @GuardedBy("this")
  private final PeerRate rate = new PeerRate(new Random(), System.nanoTime());

  @GuardedBy("this")
  private final Set<Channel> halfOpen = new LinkedHashSet<>();

  /** All that are counted: those that had to make room are not, though they close later. */
  @GuardedBy("this")
  private final Set<Channel> open = new HashSet<>();

  ConnectionLimit(int most) {
    this.most = most;
  }

  @Override
  public boolean isSharable() {
    return true; // One for all sockets that listen.
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Channel connection = (Channel) message;
    if (!letsIn(connection)) {
      log.debug("rejected a connection from {}", connection.remoteAddress());
      connection.unsafe().closeForcibly();
      return;
    }
    connection.closeFuture().addListener(closed -> ended(connection));
    LostResets.watch(connection);
    ctx.fireChannelRead(message);
  }

  private boolean letsIn(Channel connection) {
    Channel oldest = null;
    synchronized (this) {
      if (!rate.tryConnect(connection.remoteAddress(), System.nanoTime())) {
        return false;
      }
      if (open.size() >= most) {
        oldest = takeOldestHalfOpen();
        if (oldest == null) {
          return false;
        }
      }
      open.add(connection);
      halfOpen.add(connection);
    }
    if (oldest != null) {
      close(oldest);
    }
    return true;
  }

  @GuardedBy("this")
  private @Nullable Channel takeOldestHalfOpen() {
    Iterator<Channel> oldestFirst = halfOpen.iterator();
    if (!oldestFirst.hasNext()) {
      return null;
    }
    Channel oldest = oldestFirst.next();
    oldestFirst.remove();
    open.remove(oldest);
    return oldest;
  }

  /** The client has said what every client says first: it keeps its place. */
  synchronized void established(Channel connection) {
    halfOpen.remove(connection);
  }

  /** The peer did something that costs as much as so many connections. */
  synchronized void count(Channel connection, int connections) {
    rate.count(connection.remoteAddress(), connections, System.nanoTime());
  }

  private synchronized void ended(Channel connection) {
    halfOpen.remove(connection);
    open.remove(connection);
  }

  /** Returns how many connections there are. */
  synchronized int open() {
    return open.size();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      ctx.fireExceptionCaught(cause);
      return;
    }
    log.warn("accepting no connections for {} s: {}", REST_SECONDS, cause.toString());
    rest(ctx.channel());
    Channel oldest;
    synchronized (this) {
      oldest = takeOldestHalfOpen();
    }
    if (oldest != null) {
      close(oldest);
    }
  }

  /** At once: gRPC would take its leave first, and wait for an answer. */
  private static void close(Channel connection) {
    ChannelHandlerContext first = connection.pipeline().firstContext();
    var ignored = first == null ? connection.close() : first.close();
  }

  private static void rest(Channel listening) {
    listening.config().setAutoRead(false);
    var ignored =
        listening
            .eventLoop()
            .schedule(() -> listening.config().setAutoRead(true), REST_SECONDS, TimeUnit.SECONDS);
  }
}
