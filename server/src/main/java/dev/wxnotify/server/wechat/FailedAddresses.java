package dev.wxnotify.server.wechat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The addresses that failed to accept a connection recently. They are tried last, so that one dead
 * machine of WeChat's does not cost every new connection the time until it times out.
 */
final class FailedAddresses {
  private static final long MEMORY_NANOS = Duration.ofSeconds(30).toNanos();

  /** A name has a handful of addresses; if there are more than these, old ones are among them. */
  private static final int MOST = 64;

  private final Map<InetSocketAddress, Long> failedAt = new ConcurrentHashMap<>();

  void failed(InetSocketAddress address) {
    if (failedAt.size() >= MOST) {
      failedAt.clear();
    }
    failedAt.put(address, System.nanoTime());
  }

  void accepted(InetSocketAddress address) {
    failedAt.remove(address);
  }

  /** Returns the addresses in their order, but with those that failed recently at the end. */
  List<InetSocketAddress> inOrder(List<InetSocketAddress> addresses) {
    List<InetSocketAddress> ordered = new ArrayList<>(addresses);
    if (!failedAt.isEmpty()) {
      long now = System.nanoTime();
      ordered.sort(Comparator.comparing(address -> hasFailed(address, now))); // Stable.
    }
    return ordered;
  }

  private boolean hasFailed(InetSocketAddress address, long now) {
    Long at = failedAt.get(address);
    return at != null && now - at < MEMORY_NANOS;
  }
}
