package dev.wxnotify.server.delivery;

/**
 * The answer to an order.
 *
 * @param outcome what happened to the message
 * @param replayed whether that happened to an earlier order with the same request id, and nothing
 *     was sent for this one
 */
public record Delivered(SendOutcome outcome, boolean replayed) {}
