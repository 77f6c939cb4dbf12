package dev.wxnotify.server.pages;

import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.server.journal.Subscription;
import java.util.List;
import java.util.OptionalInt;

/**
 * What is known of one user.
 *
 * @param openId the user
 * @param appId the app to which the open id belongs; empty where it is not known
 * @param messages a page of the user's messages
 * @param isFirst whether it is the first page
 * @param subscriptions what is known of each template
 * @param answers what the user answered, latest first
 * @param isAppNeeded whether the viewer must choose an app to see the subscriptions
 */
record UserView(
    String openId,
    String appId,
    MessageList messages,
    boolean isFirst,
    List<SubscriptionRow> subscriptions,
    List<StoredEvent> answers,
    boolean isAppNeeded) {
  /** Copies. */
  UserView {
    subscriptions = List.copyOf(subscriptions);
    answers = List.copyOf(answers);
  }

  /**
   * The subscription to one template.
   *
   * @param known what is known
   * @param title the title of the template; empty where it is not known
   * @param credits what is left of a one-time template; empty for others, and where it is not known
   * @param source how the server learned of the last answer that the user gave; empty for none
   */
  record SubscriptionRow(Subscription known, String title, OptionalInt credits, String source) {}

  /** Tells whether nothing is known. */
  boolean isUnknown() {
    return messages.messages().isEmpty() && subscriptions.isEmpty() && answers.isEmpty();
  }
}
