package dev.wxnotify.server.delivery;

/**
 * The answer to an order.
 *
 * @param outcome the outcome of the message
 * @param replayed whether this is the outcome of an earlier order with the same request id, and
 *     nothing was sent for this one
 */
public record Reply(SendOutcome outcome, boolean replayed) {}
