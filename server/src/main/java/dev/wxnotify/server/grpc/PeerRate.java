package dev.wxnotify.server.grpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * How fast one address may connect: a burst, and then a rate. One address, of a load balancer or a
 * proxy, may serve many legitimate callers, so both are generous.
 *
 * <p>Addresses share a fixed number of slots, by a hash that outsiders cannot compute; of IPv6 the
 * first 64 bits count, since one peer may own all addresses below them. Only the thread that
 * accepts connections uses it.
 */
final class PeerRate {
  /** Connections that one address may make in a burst. */
  static final int BURST = 2_000;

  /**
   * Connections that one address may make per second after that: as many as callers behind one load
   * balancer make if each call uses a new connection.
   */
  static final int PER_SECOND = 500;

  /** The longest time for which an abusive address cannot connect at all. */
  static final Duration LONGEST_BAN = Duration.ofSeconds(5);

  private static final int PLACES = 1 << 12;
  private static final int NETWORK_BYTES = 8;
  private static final long NANOS_EACH = Duration.ofSeconds(1).toNanos() / PER_SECOND;

  /** When each slot is completely free again, as {@link System#nanoTime}. */
  private final long[] freeAtNanos = new long[PLACES];

  private final int seed;

  PeerRate(Random random, long nowNanos) {
    this.seed = random.nextInt();
    Arrays.fill(freeAtNanos, nowNanos);
  }

  /** Counts a connection, and tells whether it is permitted. */
  boolean tryConnect(@Nullable SocketAddress peer, long nowNanos) {
    int place = place(peer);
    long freeAt = later(freeAtNanos[place], nowNanos);
    if (freeAt - nowNanos > (BURST - 1) * NANOS_EACH) {
      return false;
    }
    freeAtNanos[place] = freeAt + NANOS_EACH;
    return true;
  }

  /** Counts an action as this number of connections, because it costs as much. */
  void count(@Nullable SocketAddress peer, int connections, long nowNanos) {
    int place = place(peer);
    long freeAt = later(freeAtNanos[place], nowNanos) + connections * NANOS_EACH;
    long latest = nowNanos + BURST * NANOS_EACH + LONGEST_BAN.toNanos();
    freeAtNanos[place] = freeAt - latest > 0 ? latest : freeAt;
  }

  private static long later(long one, long other) {
    return one - other > 0 ? one : other;
  }

  private int place(@Nullable SocketAddress peer) {
    int hash = seed;
    InetAddress address = peer instanceof InetSocketAddress inet ? inet.getAddress() : null;
    byte[] bytes = address == null ? new byte[0] : address.getAddress();
    for (int i = 0; i < Math.min(bytes.length, NETWORK_BYTES); i++) {
      hash = (hash ^ bytes[i]) * 0x01000193;
    }
    hash ^= hash >>> 15;
    hash *= 0x2c1b3c6d;
    return (hash ^ hash >>> 13) & PLACES - 1;
  }
}
