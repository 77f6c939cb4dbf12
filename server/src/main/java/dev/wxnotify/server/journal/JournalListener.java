package dev.wxnotify.server.journal;

/**
 * Receives what happens in the journal, so that it can be counted. It is called on threads of the
 * journal and of messages: it must be thread-safe and never block. It must not throw.
 */
public interface JournalListener {
  /** Ignores everything. */
  JournalListener NONE = new JournalListener() {};

  /**
   * Receives that records of messages were written together.
   *
   * @param nanos how long the store took
   */
  default void messagesWritten(int count, long nanos) {}

  /** Receives that records of messages are lost. */
  default void messagesDropped(int count) {}

  /**
   * Receives that events were stored together.
   *
   * @param count how many were not known
   * @param known how many were
   * @param nanos how long the store took
   */
  default void eventsStored(int count, int known, long nanos) {}

  /** Receives that events could not be stored in time; WeChat, or the caller, repeats them. */
  default void eventsFailed(int count) {}

  /**
   * Receives that events became visible late: receipts of messages that the journal did not know,
   * and what an earlier failure had left.
   */
  default void orphansPublished(int count) {}
}
