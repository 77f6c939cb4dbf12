package dev.wxnotify.server.grpc;

import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.v1.DeliveryReport;
import dev.wxnotify.v1.DeliveryStatus;
import dev.wxnotify.v1.EventKind;
import dev.wxnotify.v1.Heartbeat;
import dev.wxnotify.v1.SubscriptionAnswer;
import dev.wxnotify.v1.SubscriptionChange;
import dev.wxnotify.v1.SubscriptionSource;
import dev.wxnotify.v1.WatchEventsResponse;

/** Events as the contract has them. */
final class EventProtos {
  private EventProtos() {}

  static WatchEventsResponse heartbeat(String cursor) {
    return WatchEventsResponse.newBuilder()
        .setHeartbeat(Heartbeat.newBuilder().setCursor(cursor))
        .build();
  }

  static WatchEventsResponse of(StoredEvent stored, String cursor) {
    Event event = stored.event();
    dev.wxnotify.v1.Event.Builder proto =
        dev.wxnotify.v1.Event.newBuilder()
            .setCursor(cursor)
            .setAppId(event.appId())
            .setKind(kind(event))
            .setOpenId(event.openId())
            .setTemplateId(event.templateId())
            .setOccurredAt(Protos.of(event.occurredAt()))
            .setReceivedAt(Protos.of(event.receivedAt()));
    if (event.detail() instanceof Event.DeliveryReport report) {
      proto.setDelivery(
          DeliveryReport.newBuilder()
              .setStatus(status(report))
              .setMessageId(report.messageId())
              .setRequestId(stored.requestId())
              .setErrorCode(report.errorCode())
              .setErrorStatus(report.errorStatus()));
    } else if (event.detail() instanceof Event.SubscriptionChange change) {
      proto.setSubscription(
          SubscriptionChange.newBuilder()
              .setAnswer(answer(change.answer()))
              .setRawAnswer(change.rawAnswer())
              .setSource(source(change.source()))
              .setPopupScene(change.popupScene()));
    }
    return WatchEventsResponse.newBuilder().setEvent(proto).build();
  }

  static EventKind kind(Event event) {
    return event.detail() instanceof Event.DeliveryReport
        ? EventKind.EVENT_KIND_DELIVERY
        : EventKind.EVENT_KIND_SUBSCRIPTION;
  }

  static DeliveryStatus status(Event.DeliveryReport report) {
    return report.delivered()
        ? DeliveryStatus.DELIVERY_STATUS_DELIVERED
        : DeliveryStatus.DELIVERY_STATUS_FAILED;
  }

  private static SubscriptionAnswer answer(Event.Answer answer) {
    return switch (answer) {
      case ACCEPTED -> SubscriptionAnswer.SUBSCRIPTION_ANSWER_ACCEPTED;
      case REJECTED -> SubscriptionAnswer.SUBSCRIPTION_ANSWER_REJECTED;
      case OTHER -> SubscriptionAnswer.SUBSCRIPTION_ANSWER_OTHER;
    };
  }

  private static SubscriptionSource source(Event.Source source) {
    return switch (source) {
      case POPUP -> SubscriptionSource.SUBSCRIPTION_SOURCE_POPUP;
      case SETTINGS -> SubscriptionSource.SUBSCRIPTION_SOURCE_SETTINGS;
      case REPORTED -> SubscriptionSource.SUBSCRIPTION_SOURCE_REPORTED;
    };
  }
}
