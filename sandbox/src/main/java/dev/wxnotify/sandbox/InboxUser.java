package dev.wxnotify.sandbox;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user of an app, with what the ledger knows.
 *
 * @param subscriptions one for each template of the app, in its order
 */
record InboxUser(String appId, String openId, List<Entry> subscriptions) {

  /**
   * A user and a template.
   *
   * @param subscription what the ledger has; null for nothing
   * @param allowed true if a message would be accepted now
   */
  record Entry(SandboxTemplate template, @Nullable Subscription subscription, boolean allowed) {

    /** How many messages are left; -1 for any number. */
    int credits() {
      if (!allowed) {
        return 0;
      }
      return subscription != null && subscription.kind() == Subscription.Kind.ONE_TIME
          ? subscription.credits()
          : -1;
    }
  }
}
