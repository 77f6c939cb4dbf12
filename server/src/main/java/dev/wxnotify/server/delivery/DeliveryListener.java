package dev.wxnotify.server.delivery;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.OutcomeLedger.Claim;
import dev.wxnotify.server.delivery.Permits.Lane;

/**
 * Hears what happens to messages, so that it can be counted. It never drives logic: whatever a
 * listener does, or fails to do, no message fares differently.
 *
 * <p>It is called on the threads that messages travel on (gRPC's, the HTTP client's, Redis's and
 * the timer), by several at once, in the middle of the way of each message: it must be thread-safe,
 * take a microsecond at most and never wait. No lock is held meanwhile. What it throws is logged
 * and forgotten. Each method does nothing unless it is overridden.
 */
public interface DeliveryListener {
  /**
   * Hears that an order is done with; once for each order, the refused ones included.
   *
   * @param end what became of the message in truth
   * @param told what the caller heard: another outcome than {@code end} where the deadline, or the
   *     caller's cancelling, came before WeChat's answer
   * @param attempts how often WeChat was asked to take the message; 0 where nothing was sent for
   *     this order
   */
  default void messageEnded(Order order, Delivered end, Delivered told, int attempts) {}

  /** Hears of a request that breaks a rule and became no order; nobody knows of which app it is. */
  default void messageInvalid(MessageKind kind, Lane lane) {}

  /**
   * Hears what came of one attempt to have WeChat take a message.
   *
   * @param nanos how long that took, the making of a connection included
   */
  default void attemptEnded(Order order, Answer answer, long nanos) {}

  /** Hears what the ledger says to an order that has a request id. */
  default void claimed(Order order, Claim claim) {}
}
