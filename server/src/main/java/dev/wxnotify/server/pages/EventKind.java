package dev.wxnotify.server.pages;

import dev.wxnotify.server.journal.Event;

/** Which kind of events a page shows. */
enum EventKind {
  /** All of them. */
  ALL(""),
  /** Receipts of messages. */
  DELIVERY("delivery"),
  /** Answers of users. */
  SUBSCRIPTION("subscription");

  private final String parameter;

  EventKind(String parameter) {
    this.parameter = parameter;
  }

  /** Returns the text that names it in a URL. */
  String parameter() {
    return parameter;
  }

  /** Returns the kind that a parameter of a URL names; {@link #ALL} for any other text. */
  static EventKind of(String parameter) {
    for (EventKind each : values()) {
      if (each.parameter.equals(parameter)) {
        return each;
      }
    }
    return ALL;
  }

  /** Tells whether an event is of this kind. */
  boolean has(Event event) {
    return switch (this) {
      case ALL -> true;
      case DELIVERY -> event.detail() instanceof Event.DeliveryReport;
      case SUBSCRIPTION -> event.detail() instanceof Event.SubscriptionChange;
    };
  }
}
