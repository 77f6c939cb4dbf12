package dev.wxnotify.server.delivery;

import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.SubscribeMessage;
import java.time.Instant;

/**
 * One message of a batch.
 *
 * @param app the app that sends it
 * @param message what to send
 * @param kind what the caller requested
 * @param caller the caller, which is the scope of {@code requestId}; empty for anonymous callers
 * @param requestId the caller's name for the message; empty for none
 * @param trace the trace of the caller's call
 * @param receivedAt when the server received the message
 * @param skipUnlessSubscribed whether it is withheld where WeChat is known to refuse it
 */
public record BatchItem(
    App app,
    SubscribeMessage message,
    MessageKind kind,
    String caller,
    String requestId,
    Trace trace,
    Instant receivedAt,
    boolean skipUnlessSubscribed) {}
