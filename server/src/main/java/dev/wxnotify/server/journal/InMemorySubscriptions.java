package dev.wxnotify.server.journal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The subscriptions that changed last. A message that WeChat took is a change too, since a refusal
 * of an earlier one may come later. Not safe for threads: the store has the lock.
 */
final class InMemorySubscriptions {
  private final int capacity;

  /** The one that changed last is the last one. */
  private final LinkedHashMap<SubscriptionKey, Known> all = new LinkedHashMap<>();

  private record Known(SubscriptionTimes times, Instant changedAt) {}

  InMemorySubscriptions(int capacity) {
    this.capacity = capacity;
  }

  void add(SubscriptionFact fact, Instant now) {
    Known before = all.remove(fact.key());
    SubscriptionTimes times = before == null ? SubscriptionTimes.NONE : before.times;
    all.put(fact.key(), new Known(times.with(fact), now));
    if (all.size() > capacity) {
      var oldest = all.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** Returns those of a user of which more is known than that WeChat took messages, by template. */
  Map<SubscriptionKey, SubscriptionTimes> find(
      String appId, String openId, List<String> templateIds) {
    Stream<SubscriptionKey> keys =
        templateIds.isEmpty()
            ? all.keySet().stream()
                .filter(key -> key.openId().equals(openId) && key.appId().equals(appId))
                .sorted(Comparator.comparing(SubscriptionKey::templateId))
            : templateIds.stream().map(id -> new SubscriptionKey(appId, openId, id));
    Map<SubscriptionKey, SubscriptionTimes> found = new LinkedHashMap<>();
    keys.forEach(
        key -> {
          Known known = all.get(key);
          if (known != null && (known.times.accepted() != null || isClosedOnce(known))) {
            found.put(key, shown(known.times));
          }
        });
    return found;
  }

  Map<SubscriptionKey, SubscriptionTimes> closedAndChangedSince(Instant time, int limit) {
    List<Map.Entry<SubscriptionKey, Known>> newestLast = new ArrayList<>(all.entrySet());
    Map<SubscriptionKey, SubscriptionTimes> found = new LinkedHashMap<>();
    for (int i = newestLast.size() - 1; i >= 0 && found.size() < limit; i--) {
      Known known = newestLast.get(i).getValue();
      if (!known.changedAt.isBefore(time) && isClosedOnce(known)) {
        found.put(newestLast.get(i).getKey(), known.times);
      }
    }
    return found;
  }

  private static boolean isClosedOnce(Known known) {
    return known.times.closedAt().isPresent();
  }

  private static SubscriptionTimes shown(SubscriptionTimes times) {
    return times.closedAt().isPresent()
        ? times
        : new SubscriptionTimes(times.accepted(), null, null, null);
  }
}
