package dev.wxnotify.server.journal;

import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.journal.MessageRecord.Outcome;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that tells whether a user accepts messages of a template.
 *
 * <p>Times are chosen so that a doubt leaves the subscription open: a refusal counts from the time
 * at which the message began, since WeChat decided then or later; an accepted send counts until the
 * time at which its answer was known.
 *
 * @param key whose subscription
 * @param kind what happened
 * @param at when
 */
public record SubscriptionFact(SubscriptionKey key, Kind kind, Instant at) {

  /** What happened. */
  public enum Kind {
    /** The user accepted. */
    ACCEPTED,
    /** The user rejected. */
    REJECTED,
    /** WeChat refused a message with 43101. */
    REFUSED,
    /** WeChat took a message. */
    SENT
  }

  /** Returns what a message tells; empty where it tells nothing. */
  public static Optional<SubscriptionFact> of(MessageRecord message) {
    SubscriptionKey key =
        new SubscriptionKey(message.appId(), message.openId(), message.templateId());
    if (message.outcome() == Outcome.ACCEPTED) {
      return Optional.of(new SubscriptionFact(key, Kind.SENT, message.endedAt()));
    }
    return message.outcome() == Outcome.REJECTED
            && message.reason().equals(Rejected.Reason.USER_NOT_SUBSCRIBED.name())
        ? Optional.of(new SubscriptionFact(key, Kind.REFUSED, message.beganAt()))
        : Optional.empty();
  }

  /** Returns what an event tells; empty where it tells nothing. */
  public static Optional<SubscriptionFact> of(Event event) {
    if (event.detail() instanceof Event.SubscriptionChange change) {
      SubscriptionKey key = new SubscriptionKey(event.appId(), event.openId(), event.templateId());
      return switch (change.answer()) {
        case ACCEPTED -> Optional.of(new SubscriptionFact(key, Kind.ACCEPTED, event.occurredAt()));
        case REJECTED -> Optional.of(new SubscriptionFact(key, Kind.REJECTED, event.occurredAt()));
        case OTHER -> Optional.empty();
      };
    }
    return Optional.empty();
  }
}
