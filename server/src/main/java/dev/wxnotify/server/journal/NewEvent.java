package dev.wxnotify.server.journal;

/**
 * An event to be stored.
 *
 * @param key what makes it the same event as another: at most one event of a journal has it. At
 *     most 256 characters
 * @param event the event
 */
public record NewEvent(String key, Event event) {}
