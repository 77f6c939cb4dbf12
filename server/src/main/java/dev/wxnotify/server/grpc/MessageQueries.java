package dev.wxnotify.server.grpc;

import dev.wxnotify.server.journal.MessageQuery;
import dev.wxnotify.server.journal.MessageRecord;
import dev.wxnotify.server.journal.Scope;
import dev.wxnotify.v1.ListMessagesRequest;
import dev.wxnotify.v1.SendError.ErrorReason;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns requests for lists of messages into queries of the journal. */
final class MessageQueries {
  static final int LARGEST_PAGE = 1_000;
  private static final int DEFAULT_PAGE = 100;

  private MessageQueries() {}

  /**
   * Returns the query of a page and of one message more, which tells whether there is another page.
   * Everything that is wrong is added to {@code check}; then the query must not be used.
   */
  static MessageQuery of(ListMessagesRequest request, Scope scope, RequestCheck check) {
    check.optional("open_id", request.getOpenId(), RequestCheck.MAX_ID);
    check.optional("template_id", request.getTemplateId(), RequestCheck.MAX_ID);
    check.own("request_id_prefix", request.getRequestIdPrefix());
    Instant from = request.hasFrom() ? check.time("from", request.getFrom()) : null;
    Instant to = request.hasTo() ? check.time("to", request.getTo()) : null;
    if (from != null && to != null && !from.isBefore(to)) {
      check.add("from", "is not before to");
    }
    return new MessageQuery(
        scope,
        request.getOpenId(),
        request.getTemplateId(),
        request.getRequestIdPrefix(),
        outcome(request, check),
        reasons(request, check),
        delivered(request, check),
        from,
        to,
        PageTokens.place(request, check),
        pageSize(request, check) + 1);
  }

  static int pageSize(ListMessagesRequest request, RequestCheck check) {
    int size = request.getPageSize();
    if (size < 0 || size > LARGEST_PAGE) {
      check.add("page_size", "is " + size + " (expected: 0 to " + LARGEST_PAGE + ")");
      return DEFAULT_PAGE;
    }
    return size == 0 ? DEFAULT_PAGE : size;
  }

  private static MessageRecord.@Nullable Outcome outcome(
      ListMessagesRequest request, RequestCheck check) {
    return switch (request.getOutcome()) {
      case OUTCOME_UNSPECIFIED -> null;
      case OUTCOME_ACCEPTED -> MessageRecord.Outcome.ACCEPTED;
      case OUTCOME_REJECTED -> MessageRecord.Outcome.REJECTED;
      case OUTCOME_NOT_SENT -> MessageRecord.Outcome.NOT_SENT;
      case OUTCOME_UNKNOWN -> MessageRecord.Outcome.UNKNOWN;
      case UNRECOGNIZED -> {
        check.add("outcome", "is not a known value");
        yield null;
      }
    };
  }

  private static @Nullable Set<String> reasons(ListMessagesRequest request, RequestCheck check) {
    ErrorReason reason = request.getReason();
    if (reason == ErrorReason.UNRECOGNIZED) {
      check.add("reason", "is not a known value");
    }
    return reason == ErrorReason.ERROR_REASON_UNSPECIFIED ? null : RecordedReasons.named(reason);
  }

  private static @Nullable Boolean delivered(ListMessagesRequest request, RequestCheck check) {
    return switch (request.getDeliveryStatus()) {
      case DELIVERY_STATUS_UNSPECIFIED -> null;
      case DELIVERY_STATUS_DELIVERED -> true;
      case DELIVERY_STATUS_FAILED -> false;
      case UNRECOGNIZED -> {
        check.add("delivery_status", "is not a known value");
        yield null;
      }
    };
  }
}
