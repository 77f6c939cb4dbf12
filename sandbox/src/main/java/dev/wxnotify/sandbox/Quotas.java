package dev.wxnotify.sandbox;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The quotas of all apps at all endpoints. */
final class Quotas {

  private record Key(String appId, SandboxEndpoint endpoint) {}

  private final Map<SandboxEndpoint, Quota> limits;
  private final InstantSource clock;
  private final Map<Key, QuotaCounter> counters = new ConcurrentHashMap<>();

  Quotas(Map<SandboxEndpoint, Quota> limits, InstantSource clock) {
    this.limits = limits;
    this.clock = clock;
  }

  void take(String appId, SandboxEndpoint endpoint) throws Refused {
    counter(appId, endpoint).take(clock.instant());
  }

  Quota quota(SandboxEndpoint endpoint) {
    return limits.getOrDefault(endpoint, Quota.NONE);
  }

  long usedInDay(String appId, SandboxEndpoint endpoint) {
    return counter(appId, endpoint).usedInDay(clock.instant());
  }

  void clear(String appId) {
    counters.forEach(
        (key, counter) -> {
          if (key.appId().equals(appId)) {
            counter.clear();
          }
        });
  }

  void clearAll() {
    counters.values().forEach(QuotaCounter::clear);
  }

  private QuotaCounter counter(String appId, SandboxEndpoint endpoint) {
    return counters.computeIfAbsent(
        new Key(appId, endpoint), key -> new QuotaCounter(quota(key.endpoint())));
  }
}
