package dev.wxnotify.server.delivery;

import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.message.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A caller's request to send one message.
 *
 * @param app the app that sends it
 * @param message what to send
 * @param kind what the caller requested
 * @param caller the caller, which is the scope of {@code requestId}; empty for anonymous callers
 * @param requestId the caller's name for the message; empty for none
 * @param lane whether it is a single call or an item of a batch
 * @param timeout how long the caller waits for an answer
 * @param trace the trace of the caller's call
 * @param receivedAt when the server received the message
 * @param skipUnlessSubscribed whether it is withheld where WeChat is known to refuse it
 */
public record Order(
    App app,
    SubscribeMessage message,
    MessageKind kind,
    String caller,
    String requestId,
    Lane lane,
    Duration timeout,
    Trace trace,
    Instant receivedAt,
    boolean skipUnlessSubscribed) {

  /** Renames the fields that WeChat rejected to the caller's names for them. */
  List<Violation> inCallersTerms(List<Violation> violations) {
    return switch (kind) {
      case SUBSCRIBE -> violations;
      case SECKILL -> violations.stream().map(app.seckill()::inCallersTerms).toList();
    };
  }
}
