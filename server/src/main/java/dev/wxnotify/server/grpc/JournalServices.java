package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.v1.EventServiceGrpc;
import dev.wxnotify.v1.MessageServiceGrpc;
import dev.wxnotify.v1.SubscriptionServiceGrpc;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** The services of events, messages and subscriptions. */
final class JournalServices {
  static final List<String> NAMES =
      List.of(
          EventServiceGrpc.SERVICE_NAME,
          MessageServiceGrpc.SERVICE_NAME,
          SubscriptionServiceGrpc.SERVICE_NAME);

  private final EventGrpcService events;
  private final MessageGrpcService messages;
  private final SubscriptionGrpcService subscriptions;

  /**
   * Creates the services.
   *
   * @param everybody whether every caller sees what operators see and may pass on pushes: where no
   *     credentials are required, and only this machine can connect
   */
  JournalServices(
      Apps apps,
      JournalPorts journal,
      WaitingAnswers waiting,
      boolean everybody,
      InstantSource clock,
      ScheduledExecutorService timer) {
    this.events = new EventGrpcService(apps, journal, waiting, everybody, System::nanoTime, timer);
    this.messages = new MessageGrpcService(apps, journal.messages(), waiting, everybody);
    this.subscriptions =
        new SubscriptionGrpcService(
            apps, journal.subscriptions(), journal.intake(), waiting, clock);
  }

  /**
   * Returns what the server is made of.
   *
   * @param authenticator null where no credentials are required
   */
  List<ServerServiceDefinition> definitions(@Nullable Authenticator authenticator) {
    ServerServiceDefinition watched = UnparsedMessages.of(events);
    return List.of(
        authenticator == null
            ? watched
            : ServerInterceptors.intercept(watched, new WatchRights(authenticator)),
        UnparsedMessages.of(messages),
        UnparsedMessages.of(subscriptions));
  }

  /** The callers have changed: watches of those that are gone end. */
  void callersChanged() {
    events.callersChanged();
  }

  /** Ends all watches, and those that begin later. */
  void stop() {
    events.stop();
  }
}
