package dev.wxnotify.server.delivery;

/**
 * One message of a batch.
 *
 * @param app from which app to send
 * @param message what to send
 * @param kind what the caller asked for
 * @param caller who asks: the scope of {@code requestId}; empty for anonymous callers
 * @param requestId the caller's name for the message; empty for none
 * @param trace what the caller follows it by
 */
public record BatchItem(
    App app,
    SubscribeMessage message,
    MessageKind kind,
    String caller,
    String requestId,
    Trace trace) {}
