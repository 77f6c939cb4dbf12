package dev.wxnotify.server.journal;

import java.time.Instant;

/**
 * Where the journal is kept. All methods of a store block, are called on threads of the journal
 * alone, and throw {@link JournalUnavailableException} where the store cannot be reached now, or
 * {@link JournalRejectsException} where it refuses rows because of what is in them. Texts hold no
 * NUL and no half of a surrogate pair, and at most 1,024 characters; times are whole milliseconds.
 */
public interface JournalStore extends AutoCloseable {
  /**
   * Connects, and makes or migrates the schema; to be called until it succeeds, before anything
   * else.
   *
   * @throws IllegalStateException if the store can never be used: its schema is newer than this
   *     server, or it is no journal
   */
  void open();

  /** Returns the id of the journal, which its cursors name; another one for each new journal. */
  String id();

  /** Returns the messages. */
  MessageStore messages();

  /** Returns the events. */
  EventStore events();

  /** Returns the subscriptions. */
  SubscriptionStore subscriptions();

  /** Tells whether other processes write to this store too. */
  boolean isShared();

  /**
   * Forgets messages that ended, and events that were received, before a time. Subscriptions stay.
   *
   * @param limit the most rows of each kind to forget in this call, which bounds its duration
   * @return whether there may be more; false once a call has found less than {@code limit}
   */
  boolean prune(Instant before, int limit);

  @Override
  void close();
}
