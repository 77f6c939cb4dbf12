package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.message.Violation;
import java.util.List;

/** A request's message as values of the core. */
sealed interface MappedMessage {

  /** The message keeps every rule that can be checked here. */
  record Valid(App app, SubscribeMessage message) implements MappedMessage {}

  /** The caller may not use the app that it names; an empty one is the default. */
  record NotAllowed(String appId) implements MappedMessage {}

  /** The message breaks rules; the fields are paths from the request's root. */
  record Invalid(List<Violation> violations) implements MappedMessage {}
}
