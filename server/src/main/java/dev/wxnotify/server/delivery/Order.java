package dev.wxnotify.server.delivery;

import dev.wxnotify.server.delivery.Permits.Lane;
import java.time.Duration;
import java.util.List;

/**
 * What a caller wants done.
 *
 * @param app from which app to send
 * @param message what to send
 * @param kind what the caller asked for
 * @param caller who asks: the scope of {@code requestId}; empty for anonymous callers
 * @param requestId the caller's name for the message; empty for none
 * @param lane whether it is a single call or an item of a batch
 * @param timeout how long the caller waits for an answer
 * @param trace what the caller follows it by
 */
public record Order(
    App app,
    SubscribeMessage message,
    MessageKind kind,
    String caller,
    String requestId,
    Lane lane,
    Duration timeout,
    Trace trace) {

  /** Names the fields that WeChat found wrong as the caller knows them. */
  List<Violation> inCallersTerms(List<Violation> violations) {
    return switch (kind) {
      case SUBSCRIBE -> violations;
      case SECKILL -> violations.stream().map(app.seckill()::inCallersTerms).toList();
    };
  }

  /** An order that nobody follows. */
  public Order(
      App app,
      SubscribeMessage message,
      MessageKind kind,
      String caller,
      String requestId,
      Lane lane,
      Duration timeout) {
    this(app, message, kind, caller, requestId, lane, timeout, Trace.NONE);
  }
}
