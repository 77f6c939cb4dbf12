package dev.wxnotify.server.journal;

import java.time.Instant;
import java.util.List;

/**
 * What the journal holds of one subscription. "Since it was last closed" includes the second in
 * which it was, as ties count as accepted.
 *
 * @param key whose subscription
 * @param times when each kind of fact last happened
 * @param acceptances the acceptances that are kept, since the subscription was last closed, oldest
 *     first; at most the newest 1,000
 * @param sends when WeChat took each message that is kept, since the subscription was last closed,
 *     oldest first; at most the newest 1,000
 */
public record SubscriptionHistory(
    SubscriptionKey key,
    SubscriptionTimes times,
    List<Acceptance> acceptances,
    List<Instant> sends) {

  /**
   * One acceptance.
   *
   * @param at when, by WeChat's clock
   * @param source how the server learned of it
   */
  public record Acceptance(Instant at, Event.Source source) {}
}
