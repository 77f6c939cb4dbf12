package dev.wxnotify.server.journal;

import java.time.Instant;
import java.util.List;

/**
 * The events of a {@link JournalStore}.
 *
 * <p>An event is stored first, and visible later: a receipt when the message is known that it
 * belongs to, everything else at once. It gets its position when it becomes visible. Positions rise
 * in the order in which events become visible, also where several processes write: a reader that
 * has seen a position never misses an event of a lower one.
 */
public interface EventStore {
  /**
   * Adds events, and what they tell of subscriptions; all or none. An event whose key is known is
   * ignored. Then makes visible what can be. If only that fails, the events are stored and the call
   * succeeds: {@link #publishOrphans} catches up.
   *
   * @return the events that were not known
   */
  List<Event> add(List<NewEvent> events);

  /**
   * Makes events visible that were received before a time and still are not: receipts of messages
   * that the journal does not know, and what an earlier failure left. Each is joined with its
   * message if that is known now.
   *
   * @param limit the most events
   * @return how many became visible; there may be more if that is {@code limit}
   */
  int publishOrphans(Instant before, int limit);

  /**
   * Returns visible events after a position.
   *
   * @param limit the most events
   * @throws CursorExpiredException if events after {@code position} are no longer kept, or it is
   *     beyond the newest one: then the journal is an older copy of the one that gave it
   */
  EventPage read(long position, int limit);

  /**
   * Returns the visible answers of one user, the latest first by {@code occurredAt}.
   *
   * @param limit the most events
   */
  List<StoredEvent> answers(String appId, String openId, int limit);

  /** Returns the visible receipts of one message, in the order in which they were stored. */
  List<StoredEvent> receipts(String appId, String messageId);

  /** Returns the position of the newest visible event; 0 if there never was one. */
  long last();

  /**
   * Returns the position to read after so that no event received at {@code time} or later lacks.
   */
  long before(Instant time);
}
