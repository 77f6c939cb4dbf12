package dev.wxnotify.server.pages;

import dev.wxnotify.server.journal.MessageQuery;
import dev.wxnotify.server.journal.MessageRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which messages to list. All that is set must match.
 *
 * @param appId the app; empty for all that the viewer may see
 * @param openId the recipient; empty for all
 * @param templateId the template; empty for all
 * @param requestIdPrefix what the request id begins with; empty for all
 * @param outcome the outcome; null for all
 * @param delivered whether the receipt says delivered or failed; null for all
 * @param from messages that began then or later; null for all
 * @param to messages that began earlier; null for all
 * @param after the {@link MessageList#next} of the page before; null for the first page
 * @param limit the most messages of the page; 1 to 200
 */
record MessageSearch(
    String appId,
    String openId,
    String templateId,
    String requestIdPrefix,
    MessageRecord.@Nullable Outcome outcome,
    @Nullable Boolean delivered,
    @Nullable Instant from,
    @Nullable Instant to,
    MessageQuery.@Nullable Place after,
    int limit) {
  static final int MOST = 200;
}
