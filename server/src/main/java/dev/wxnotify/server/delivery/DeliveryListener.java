package dev.wxnotify.server.delivery;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.OutcomeLedger.Claim;
import dev.wxnotify.server.message.MessageKind;

/**
 * Receives what happens to messages, so that it can be counted. It never drives logic: nothing that
 * a listener does, or fails to do, changes the outcome of a message.
 *
 * <p>It is called concurrently on the threads that process messages (of gRPC, the HTTP client and
 * Redis, and the timer), while each message is in progress. So it must be thread-safe, take at most
 * a microsecond and never block. The caller holds no lock. Exceptions are logged and ignored. Each
 * method does nothing unless it is overridden.
 */
public interface DeliveryListener {
  /**
   * Receives the end of an order; once for each order, rejected ones included.
   *
   * @param end what really became of the message
   * @param told the caller's answer: another outcome than {@code end} where the deadline, or the
   *     caller's cancelling, came before WeChat's answer
   * @param attempts how often WeChat was asked to take the message; 0 where nothing was sent for
   *     this order
   */
  default void messageEnded(Order order, Reply end, Reply told, int attempts) {}

  /** Receives a request that breaks a rule and became no order; its app is not known. */
  default void messageInvalid(MessageKind kind, Lane lane) {}

  /**
   * Receives the result of one attempt to have WeChat take a message.
   *
   * @param nanos how long that took, opening a connection included
   */
  default void attemptEnded(Order order, Answer answer, long nanos) {}

  /** Receives the ledger's reply to an order that has a request id. */
  default void claimed(Order order, Claim claim) {}
}
