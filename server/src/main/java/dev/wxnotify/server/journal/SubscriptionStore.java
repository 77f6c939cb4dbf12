package dev.wxnotify.server.journal;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The subscriptions of a {@link JournalStore}, which its messages and events tell of. */
public interface SubscriptionStore {
  /**
   * Returns what is known of one user, in any order. A template for which the user never answered,
   * and WeChat never refused, lacks: that WeChat took messages means nothing by itself.
   *
   * @param templateIds the templates; empty for all of which something is known
   */
  List<SubscriptionHistory> find(String appId, String openId, List<String> templateIds);

  /**
   * Returns the subscriptions that were ever closed and changed at a time or later, the latest
   * change first.
   *
   * @param time by the clock of {@link #now}
   * @param limit the most subscriptions
   */
  Map<SubscriptionKey, SubscriptionTimes> closedAndChangedSince(Instant time, int limit);

  /** Returns the time by the clock that dates changes, which need not be that of this process. */
  Instant now();
}
