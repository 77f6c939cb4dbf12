package dev.wxnotify.server.pages;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Slows down who tries tokens: after {@link #AT_ONCE} wrong ones an address may try another every
 * {@link #EVERY}, and what it tries in between is not looked at. The log has one line a minute,
 * never with a token in it.
 *
 * <p>Concurrency: all under one lock, for a few instructions.
 */
final class WrongTokens {
  /** How many wrong tokens an address may try without a pause. */
  static final int AT_ONCE = 5;

  /** How often an address may try then. */
  static final Duration EVERY = Duration.ofSeconds(2);

  /** The most addresses that are kept; those that were wrong last. */
  static final int MOST = 1_000;

  static final Duration BETWEEN_LINES = Duration.ofMinutes(1);

  /** Of an IPv6 address, what belongs to one network: who has one address there has all. */
  private static final int NETWORK_BYTES = 8;

  private static final Logger log = LoggerFactory.getLogger(WrongTokens.class);

  private final LongSupplier nanoClock;
  private final Object lock = new Object();

  /** When the tries of an address are all forgotten; each wrong one moves that by EVERY. */
  @GuardedBy("lock")
  private final Map<String, Long> forgottenNanos = new LinkedHashMap<>(16, 0.75f, true);

  @GuardedBy("lock")
  private long nextLineNanos;

  @GuardedBy("lock")
  private long withoutLine;

  /** Creates it; {@code nanoClock} as {@link System#nanoTime}. */
  WrongTokens(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.nextLineNanos = nanoClock.getAsLong();
  }

  /** Tells whether a token from there is looked at now. */
  boolean mayTry(InetAddress peer) {
    long now = nanoClock.getAsLong();
    synchronized (lock) {
      Long forgotten = forgottenNanos.get(network(peer));
      return forgotten == null || forgotten - now <= (AT_ONCE - 1) * EVERY.toNanos();
    }
  }

  /** Counts a wrong token. */
  void wrong(InetAddress peer) {
    long now = nanoClock.getAsLong();
    synchronized (lock) {
      String network = network(peer);
      long before = forgottenNanos.getOrDefault(network, now);
      forgottenNanos.put(network, (before - now > 0 ? before : now) + EVERY.toNanos());
      if (forgottenNanos.size() > MOST) {
        forgottenNanos.remove(forgottenNanos.keySet().iterator().next());
      }
    }
    report("a wrong token", peer);
  }

  /** Reports a token of a caller without the operator's right. */
  void withoutRight(String caller, InetAddress peer) {
    report("a token of " + caller + ", which is no operator,", peer);
  }

  private void report(String what, InetAddress peer) {
    long now = nanoClock.getAsLong();
    long others;
    synchronized (lock) {
      if (now - nextLineNanos < 0) {
        withoutLine++;
        return;
      }
      nextLineNanos = now + BETWEEN_LINES.toNanos();
      others = withoutLine;
      withoutLine = 0;
    }
    log.warn(
        "console: {} was shown from {}{}",
        what,
        peer.getHostAddress(),
        others == 0 ? "" : "; " + others + " more since the last line like this");
  }

  private static String network(InetAddress peer) {
    byte[] address = peer.getAddress();
    return HexFormat.of()
        .formatHex(peer instanceof Inet6Address ? Arrays.copyOf(address, NETWORK_BYTES) : address);
  }
}
