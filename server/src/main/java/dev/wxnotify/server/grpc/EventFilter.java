package dev.wxnotify.server.grpc;

import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.v1.EventKind;
import java.util.Set;

/**
 * Which events a watch asks for, and which of them its caller may see.
 *
 * @param appId the app; empty for all that the caller may use
 * @param kinds the kinds; empty for all
 * @param seesAll whether every caller sees what operators see
 */
record EventFilter(String appId, Set<EventKind> kinds, boolean seesAll) {
  /** Copies. */
  EventFilter {
    kinds = Set.copyOf(kinds);
  }

  /** Tells whether the caller may use the app that the watch names, if it names one. */
  boolean isAllowedTo(Caller caller) {
    return appId.isEmpty() || caller.mayUse(appId);
  }

  /**
   * Tells whether a watch of this caller has this event. The receipt of a message is for the caller
   * that sent it, and one of an unknown message for operators.
   */
  boolean passes(StoredEvent stored, Caller caller) {
    Event event = stored.event();
    if (!appId.isEmpty() && !appId.equals(event.appId())) {
      return false;
    }
    if (!kinds.isEmpty() && !kinds.contains(EventProtos.kind(event))) {
      return false;
    }
    return caller.mayUse(event.appId())
        && (seesAll
            || caller.isOperator()
            || !(event.detail() instanceof Event.DeliveryReport)
            || (stored.isOwned() && stored.caller().equals(caller.name())));
  }
}
