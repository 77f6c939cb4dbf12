package dev.wxnotify.server.journal;

import dev.wxnotify.server.journal.MessageRecord.Outcome;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which messages to list, newest first by {@code beganAt}. All filters that are set must match.
 *
 * @param scope which messages the reader may see
 * @param openId the recipient; empty for all
 * @param templateId the template; empty for all
 * @param requestIdPrefix what the request id begins with; empty for all
 * @param outcome the outcome; null for all
 * @param reasons the names of the core's reasons; null for all
 * @param delivered whether WeChat reported the message as delivered (true) or failed (false); null
 *     for all, those without a receipt included
 * @param from messages that began then or later; null for all
 * @param to messages that began earlier; null for all
 * @param after the place after which the page begins; null for the first page
 * @param limit the most messages
 */
public record MessageQuery(
    Scope scope,
    String openId,
    String templateId,
    String requestIdPrefix,
    @Nullable Outcome outcome,
    @Nullable Set<String> reasons,
    @Nullable Boolean delivered,
    @Nullable Instant from,
    @Nullable Instant to,
    @Nullable Place after,
    int limit) {

  /**
   * The place of a message in the order of a list.
   *
   * @param beganAt when it began
   * @param sequence its {@link JournalEntry#sequence}
   */
  public record Place(Instant beganAt, long sequence) {}
}
