package dev.wxnotify.server.pages;

import dev.wxnotify.server.journal.JournalEntry;
import dev.wxnotify.server.journal.StoredEvent;
import java.util.List;

/**
 * One message.
 *
 * @param entry what the journal has
 * @param templateTitle the title of its template; empty where it is not known
 * @param receipts what WeChat reported of it
 * @param answers what its user answered, latest first
 */
record MessageView(
    JournalEntry entry,
    String templateTitle,
    List<StoredEvent> receipts,
    List<StoredEvent> answers) {
  /** Copies. */
  MessageView {
    receipts = List.copyOf(receipts);
    answers = List.copyOf(answers);
  }
}
