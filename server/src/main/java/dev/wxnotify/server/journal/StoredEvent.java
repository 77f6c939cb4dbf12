package dev.wxnotify.server.journal;

/**
 * An event that watchers see.
 *
 * @param position its place in the order of all visible events of the journal; above 0
 * @param event the event
 * @param isOwned whether it is the receipt of a message in the journal
 * @param caller the caller that sent that message; empty where it has none, or where {@code
 *     isOwned} is false
 * @param requestId the caller's id of that message; empty where it has none
 */
public record StoredEvent(
    long position, Event event, boolean isOwned, String caller, String requestId) {}
