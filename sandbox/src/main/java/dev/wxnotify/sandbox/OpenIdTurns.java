package dev.wxnotify.sandbox;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the sends to one open id that run at the same time; WeChat allows one. */
final class OpenIdTurns {

  record Key(String appId, String openId) {}

  private final Map<Key, Integer> running = new ConcurrentHashMap<>();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicLong overlapping = new AtomicLong();

  /** Begins a send; false if another one to the same open id is running. {@link #leave} ends it. */
  boolean enter(Key key) {
    int now = running.merge(key, 1, Integer::sum);
    most.accumulateAndGet(now, Math::max);
    if (now > 1) {
      overlapping.incrementAndGet();
    }
    return now == 1;
  }

  void leave(Key key) {
    running.computeIfPresent(key, (k, count) -> count == 1 ? null : count - 1);
  }

  int most() {
    return most.get();
  }

  long overlapping() {
    return overlapping.get();
  }

  void clearCounts() {
    most.set(0);
    overlapping.set(0);
  }
}
