package dev.wxnotify.sandbox;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who has subscribed to what. */
final class SubscriptionLedger {

  private record Key(String appId, String openId, String templateId) {}

  private final Map<Key, Subscription> entries = new ConcurrentHashMap<>();
  private final boolean strict;

  /**
   * @param strict false to treat users without an entry as subscribed without limit
   */
  SubscriptionLedger(boolean strict) {
    this.strict = strict;
  }

  void put(Subscription subscription) {
    entries.put(
        new Key(subscription.appId(), subscription.openId(), subscription.templateId()),
        subscription);
  }

  void replaceAll(List<Subscription> subscriptions) {
    entries.clear();
    subscriptions.forEach(this::put);
  }

  /** Adds what a user has agreed to in a dialog; after a rejection it begins anew. */
  void accept(String appId, String openId, String templateId, boolean longTerm, int times) {
    entries.compute(
        new Key(appId, openId, templateId),
        (key, entry) -> {
          if (longTerm) {
            return Subscription.longTerm(appId, openId, templateId);
          }
          int credits = entry == null ? 0 : entry.credits();
          return Subscription.oneTime(appId, openId, templateId, credits + times);
        });
  }

  @Nullable Subscription find(String appId, String openId, String templateId) {
    return entries.get(new Key(appId, openId, templateId));
  }

  /** All entries, by open id. */
  List<Subscription> list() {
    return entries.values().stream()
        .sorted(Comparator.comparing(Subscription::openId).thenComparing(Subscription::templateId))
        .toList();
  }

  boolean allows(String appId, String openId, String templateId) {
    Subscription entry = entries.get(new Key(appId, openId, templateId));
    return entry == null ? !strict : entry.allows();
  }

  void check(String appId, String openId, String templateId) throws Refused {
    if (!allows(appId, openId, templateId)) {
      throw new Refused(ErrorTexts.NOT_SUBSCRIBED);
    }
  }

  /** Takes a credit; fails if another send has just taken the last one. */
  void take(String appId, String openId, String templateId) throws Refused {
    boolean[] refused = {false};
    entries.computeIfPresent(
        new Key(appId, openId, templateId),
        (key, entry) -> {
          refused[0] = !entry.allows();
          return entry.kind() == Subscription.Kind.ONE_TIME && entry.allows()
              ? entry.minusOne()
              : entry;
        });
    if (refused[0]) {
      throw new Refused(ErrorTexts.NOT_SUBSCRIBED);
    }
  }
}
