package dev.wxnotify.server.delivery;

import dev.wxnotify.server.delivery.OutcomeLedger.Claim;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.message.MessageKind;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Takes orders: admits them within the limit of messages in flight, answers repeats from the
 * ledger, and has the rest sent.
 *
 * <p>All of it is asynchronous; a caller's thread never waits here.
 */
public final class Admission {
  private static final Duration IN_PROGRESS_RETRY_AFTER = Duration.ofSeconds(1);
  private static final Reply OVERLOADED =
      new Reply(
          new SendOutcome.NotSent(
              NotSent.Reason.OVERLOADED,
              "the server is at its limit of messages in flight",
              null,
              Duration.ofSeconds(1)),
          false);

  private static final SendOutcome.NotSent OWN_FAULT =
      new SendOutcome.NotSent(NotSent.Reason.INTERNAL_ERROR, "internal server error");

  private static final SendOutcome.NotSent WITHHELD =
      new SendOutcome.NotSent(
          NotSent.Reason.USER_NOT_SUBSCRIBED,
          "the user has no subscription left, as far as is known; nothing was sent, since"
              + " skip_unless_subscribed is set");

  private final Permits inFlight;
  private final OutcomeLedger ledger;
  private final SubscriptionCheck subscriptions;
  private final MessageSender sender;
  private final DeliveryListener listener;
  private final Duration longestAttempt;

  /**
   * Creates the delivery.
   *
   * @param inFlight one permit for each message that is being worked on
   * @param subscriptions knows what is withheld from those that want it
   * @param longestAttempt how long WeChat may take to answer a message that was written in the last
   *     moment before its deadline
   */
  public Admission(
      Permits inFlight,
      OutcomeLedger ledger,
      SubscriptionCheck subscriptions,
      MessageSender sender,
      Duration longestAttempt) {
    this(inFlight, ledger, subscriptions, sender, longestAttempt, new OutcomeLog(sender.timer()));
  }

  Admission(
      Permits inFlight,
      OutcomeLedger ledger,
      SubscriptionCheck subscriptions,
      MessageSender sender,
      Duration longestAttempt,
      OutcomeLog log) {
    this.inFlight = inFlight;
    this.ledger = ledger;
    this.subscriptions = subscriptions;
    this.sender = sender;
    this.listener = new GuardedDeliveryListeners(List.of(log, sender.listener()));
    this.longestAttempt = longestAttempt;
  }

  /** Delivers a single message, or answers at once that the server is at its limits. */
  public Delivery deliver(Order order) {
    int weight = order.message().weight();
    if (!inFlight.tryAcquire(Lane.SINGLE, weight)) {
      report(order, OVERLOADED, 0);
      return new Delivery(OVERLOADED);
    }
    return deliverAdmitted(order, weight, 0);
  }

  /**
   * Opens a batch.
   *
   * @param timeout how long a message whose try begins now may take
   * @param begun runs whenever a message of the batch no longer waits for its try; on any thread
   */
  public Batch openBatch(Supplier<Duration> timeout, Runnable begun) {
    return new Batch(this, sender, timeout, begun);
  }

  /** Answers a single message whose caller has as much under way as it may have. */
  public Reply refuse(Order order, Duration retryAfter) {
    Reply answer =
        new Reply(
            new SendOutcome.NotSent(
                NotSent.Reason.OVERLOADED,
                "the caller is at its own limit of messages in flight or per second",
                null,
                retryAfter),
            false);
    report(order, answer, 0);
    return answer;
  }

  /**
   * Returns where items of batches wait until they may be delivered. A turn that is used calls
   * {@link #deliverAdmitted}, which is what gives the admission back.
   */
  Gate admission() {
    return inFlight.of(Lane.BATCH);
  }

  /**
   * Delivers a message that was admitted. It never throws: a fault of this server, such as a timer
   * that takes no tasks or a class that cannot be loaded, ends the message and gives back what was
   * taken for it.
   *
   * @param weight of its message
   * @param callsBefore how often WeChat was asked to take the message in earlier tries
   */
  Delivery deliverAdmitted(Order order, int weight, int callsBefore) {
    Sending sending;
    try {
      sending = sender.prepare(order, weight, callsBefore);
    } catch (Throwable fault) {
      return broken(order, weight, callsBefore, fault);
    }
    order.app().use().begin();
    Delivery delivery = new Delivery(sending);
    if (!order.requestId().isEmpty()) {
      deliverOnce(order, sending);
    } else if (isWithheld(order)) {
      finish(order, sending, WITHHELD, false);
    } else {
      var ignored = sending.ended().thenAccept(outcome -> finish(order, sending, outcome, false));
      sending.start();
    }
    return delivery;
  }

  /** Where a fault keeps it from being known, WeChat decides. */
  private boolean isWithheld(Order order) {
    if (!order.skipUnlessSubscribed()) {
      return false;
    }
    try {
      return subscriptions.isKnownToBeClosed(
          order.app().appId(), order.message().openId(), order.message().templateId());
    } catch (Throwable fault) {
      writeFault(fault);
      return false;
    }
  }

  /** Answers a message that could not even be prepared. */
  private Delivery broken(Order order, int weight, int calls, Throwable fault) {
    writeFault(fault);
    Reply end = new Reply(OWN_FAULT, false);
    report(order, end, calls);
    inFlight.release(order.lane(), weight);
    return new Delivery(end);
  }

  private void deliverOnce(Order order, Sending sending) {
    try {
      OutcomeLedger.Key key = new OutcomeLedger.Key(order.caller(), order.requestId());
      String fingerprint = Fingerprint.of(order.app().appId(), order.message());
      var ignored =
          ledger
              .claim(key, fingerprint, order.timeout().plus(longestAttempt))
              .whenComplete(
                  (claim, fault) -> {
                    if (fault == null) {
                      onClaimGuarded(order, sending, key, fingerprint, claim);
                    } else {
                      failUnclaimed(order, sending, fault);
                    }
                  });
    } catch (Throwable fault) {
      failUnclaimed(order, sending, fault);
    }
  }

  /** Ends a message that was not begun, since the ledger broke, or what leads to it. */
  private void failUnclaimed(Order order, Sending sending, Throwable fault) {
    writeFault(fault);
    finish(
        order,
        sending,
        new SendOutcome.NotSent(NotSent.Reason.INTERNAL_ERROR, "the ledger of request ids failed"),
        false);
  }

  private void onClaimGuarded(
      Order order, Sending sending, OutcomeLedger.Key key, String fingerprint, Claim claim) {
    try {
      onClaim(order, sending, key, fingerprint, claim);
    } catch (Throwable fault) {
      failUnclaimed(order, sending, fault);
    }
  }

  private void writeFault(Throwable fault) {
    sender.faults().write("a message failed unexpectedly before it was processed", fault);
  }

  private void onClaim(
      Order order, Sending sending, OutcomeLedger.Key key, String fingerprint, Claim claim) {
    listener.claimed(order, claim);
    if (claim instanceof Claim.Granted && isWithheld(order)) {
      var ignored =
          ledger
              .release(key)
              .whenComplete((released, fault) -> finish(order, sending, WITHHELD, false));
    } else if (claim instanceof Claim.Granted) {
      var ignored =
          sending
              .ended()
              .thenCompose(
                  outcome ->
                      isKept(outcome)
                          ? ledger.store(key, fingerprint, outcome)
                          : ledger.release(key))
              .whenComplete(
                  (stored, fault) -> finish(order, sending, sending.ended().join(), false));
      sending.start();
    } else if (claim instanceof Claim.Done done) {
      finish(order, sending, done.outcome(), true);
    } else {
      SendOutcome no =
          claim instanceof Claim.Conflict
              ? new SendOutcome.Rejected(Rejected.Reason.REQUEST_ID_CONFLICT, null)
              : new SendOutcome.NotSent(
                  NotSent.Reason.REQUEST_IN_PROGRESS,
                  "a call with this request id is in progress",
                  null,
                  IN_PROGRESS_RETRY_AFTER);
      finish(order, sending, no, false);
    }
  }

  /** What a repeat must not send again, or would be told again. */
  private static boolean isKept(SendOutcome outcome) {
    return outcome instanceof SendOutcome.Accepted
        || outcome instanceof SendOutcome.Unknown
        || (outcome instanceof SendOutcome.Rejected rejected && rejected.reason().isLasting());
  }

  private void finish(Order order, Sending sending, SendOutcome outcome, boolean replayed) {
    Reply end = new Reply(outcome, replayed);
    boolean goesBack = isThrottled(order, end) && !sending.answer().isDone();
    if (!goesBack) {
      listener.messageEnded(order, end, sending.answer().getNow(end), sending.calls());
    }
    inFlight.release(order.lane(), sending.weight());
    boolean heard = sending.answer().complete(end);
    if (goesBack && !heard) {
      listener.messageEnded(order, end, sending.answer().join(), sending.calls());
    }
    order.app().use().end();
  }

  /** Tells whether a try of a batch ended in a way that is the batch's to judge. */
  static boolean isThrottled(Order order, Reply end) {
    return order.lane() == Lane.BATCH
        && end.outcome() instanceof SendOutcome.Rejected no
        && no.reason().isThrottle();
  }

  /** Logs and counts what became of an item of a batch that was not in a try. */
  void report(Order order, Reply end, int calls) {
    listener.messageEnded(order, end, end, calls);
  }

  /** Counts a request that breaks a rule, of which no order can be made. */
  public void countInvalid(MessageKind kind, Lane lane) {
    listener.messageInvalid(kind, lane);
  }

  /** Returns how many messages are being worked on. */
  public int inFlight() {
    return inFlight.used();
  }
}
