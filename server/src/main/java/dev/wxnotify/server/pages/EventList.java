package dev.wxnotify.server.pages;

import java.util.List;

/**
 * Some events.
 *
 * @param events oldest first
 * @param cursor the place behind them, from which a stream goes on without a gap
 */
record EventList(List<EventState> events, String cursor) {
  /** Copies. */
  public EventList {
    events = List.copyOf(events);
  }
}
