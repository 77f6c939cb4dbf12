package dev.wxnotify.server.journal;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Looks events up, where a feed reads all of them. The stages fail with {@link
 * JournalUnavailableException} where the store cannot be read. Never blocks.
 */
public interface EventLookup {
  /**
   * Returns what a user answered, the latest answer first.
   *
   * @param limit the most events
   */
  CompletionStage<List<StoredEvent>> answers(String appId, String openId, int limit);

  /** Returns what WeChat reported of one message, in the order of arrival; seldom more than one. */
  CompletionStage<List<StoredEvent>> receipts(String appId, String messageId);
}
