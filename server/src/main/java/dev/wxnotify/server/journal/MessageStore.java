package dev.wxnotify.server.journal;

import java.util.List;
import java.util.Optional;

/** The messages of a {@link JournalStore}. */
public interface MessageStore {
  /**
   * Adds messages, and what they tell of subscriptions; all or none. Then makes the receipts
   * visible that came before them. If only that fails, the messages are stored and the call
   * succeeds: {@link EventStore#publishOrphans} catches up.
   */
  void add(List<MessageRecord> messages);

  /** Returns the message with this id of WeChat. */
  Optional<JournalEntry> findByMessageId(Scope scope, String messageId);

  /** Returns the newest message with this id of its caller. */
  Optional<JournalEntry> findByRequestId(Scope scope, String requestId);

  /** Lists messages, newest first by {@code beganAt}, then by descending sequence. */
  List<JournalEntry> list(MessageQuery query);
}
