package dev.wxnotify.server.journal;

import java.util.List;

/**
 * Events in the order of their positions.
 *
 * @param events the events
 * @param through the position up to which there are no others; a watcher goes on after it
 */
public record EventPage(List<StoredEvent> events, long through) {}
