package dev.wxnotify.client;

import dev.wxnotify.v1.Event;
import java.time.Duration;

/**
 * Receives events. All methods are called on the watch's own thread, one at a time, and may block:
 * then the watch waits, and the server with it. They may call {@link EventWatch#cursor} and {@link
 * EventWatch#close}, but not {@link EventWatch#await}.
 *
 * <p>Delivery is at least once: the cursor of the watch moves when a method has returned. If it
 * throws, the watch ends, {@link EventWatch#await} reports the exception, and a watch that begins
 * at {@link EventWatch#cursor} gets the same event again.
 */
@FunctionalInterface
public interface EventListener {
  /** Receives one event, in the order of the cursors. */
  void onEvent(Event event);

  /**
   * Called when the cursor moved without an event: at the beginning of each stream, when all events
   * that were kept have come on it, and then every 15 seconds in which no event came. Whoever keeps
   * cursors keeps this one too: it is never older than that of the last event.
   */
  default void onHeartbeat(String cursor) {}

  /**
   * Called when the stream broke, or could not be opened, with the pause before the next attempt.
   * No action is needed: this is for a log.
   *
   * @param cause of the break
   * @param pause until the next attempt
   */
  default void onBroken(SendFailure cause, Duration pause) {}

  /**
   * Called when the watch has ended by itself, since no further attempt can succeed: the cursor has
   * expired ({@code CURSOR_EXPIRED}: events between were missed), the request is invalid, or the
   * caller has no permission. It is not called after {@link EventWatch#close}.
   */
  default void onEnd(SendFailure why) {}
}
