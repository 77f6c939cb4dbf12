package dev.wxnotify.server.journal;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Looks messages up. The stages fail with {@link JournalUnavailableException} where the store
 * cannot be read. Never blocks.
 */
public interface MessageLookup {
  /** Returns the message with this id of WeChat. */
  CompletionStage<Optional<JournalEntry>> findByMessageId(Scope scope, String messageId);

  /** Returns the newest message with this id of its caller. */
  CompletionStage<Optional<JournalEntry>> findByRequestId(Scope scope, String requestId);

  /** Lists messages, newest first. */
  CompletionStage<List<JournalEntry>> list(MessageQuery query);
}
