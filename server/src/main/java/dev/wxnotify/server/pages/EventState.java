package dev.wxnotify.server.pages;

import dev.wxnotify.server.journal.StoredEvent;

/**
 * An event.
 *
 * @param cursor names its place; a stream that begins after it begins with the next one
 * @param stored the event, and whose message it belongs to
 */
record EventState(String cursor, StoredEvent stored) {}
