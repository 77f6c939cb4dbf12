package dev.wxnotify.server.journal;

import dev.wxnotify.server.delivery.DeliveryListener;
import dev.wxnotify.server.delivery.Order;
import dev.wxnotify.server.delivery.Reply;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.journal.MessageRecord.Outcome;
import java.time.InstantSource;

/**
 * Makes a record of each message that ends, for the writer, and tells the ledger of subscriptions.
 *
 * <p>A repeat of a request id makes none, whatever its answer is: the outcome of the first, that
 * the first is in progress, or that the id belongs to another message. So the newest record of a
 * request id always tells what became of a message.
 */
final class MessageRecorder implements DeliveryListener {
  private final MessageWriter writer;
  private final SubscriptionLedger ledger;
  private final InstantSource clock;

  MessageRecorder(MessageWriter writer, SubscriptionLedger ledger, InstantSource clock) {
    this.writer = writer;
    this.ledger = ledger;
    this.clock = clock;
  }

  @Override
  public void messageEnded(Order order, Reply end, Reply told, int attempts) {
    if (end.replayed() || isAboutAnother(end.outcome())) {
      return;
    }
    MessageRecord message = record(order, end.outcome(), attempts);
    SubscriptionFact.of(message).ifPresent(ledger::learn);
    writer.offer(message);
  }

  private static boolean isAboutAnother(SendOutcome outcome) {
    if (outcome instanceof NotSent no) {
      return no.reason() == NotSent.Reason.REQUEST_IN_PROGRESS;
    }
    return outcome instanceof Rejected no && no.reason() == Rejected.Reason.REQUEST_ID_CONFLICT;
  }

  private MessageRecord record(Order order, SendOutcome outcome, int attempts) {
    return new MessageRecord(
        order.app().appId(),
        outcome instanceof SendOutcome.Accepted accepted ? accepted.messageId() : "",
        order.requestId(),
        order.caller(),
        order.message().openId(),
        order.message().templateId(),
        order.kind(),
        outcome(outcome),
        outcome.reasonName(),
        outcome.saidByWeChat(),
        order.receivedAt(),
        clock.instant(),
        attempts);
  }

  private static Outcome outcome(SendOutcome outcome) {
    if (outcome instanceof SendOutcome.Accepted) {
      return Outcome.ACCEPTED;
    }
    if (outcome instanceof SendOutcome.Rejected) {
      return Outcome.REJECTED;
    }
    return outcome instanceof SendOutcome.NotSent ? Outcome.NOT_SENT : Outcome.UNKNOWN;
  }
}
