package dev.wxnotify.cli;

import dev.wxnotify.v1.BatchSendRequest;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that every row has a request id: its own, or one made of the campaign's name and the
 * row's number, which is the same whenever the row is sent. Without one, a repeat could reach a
 * user twice.
 */
final class RequestIds {
  /** As the contract says, in UTF-16 units. */
  private static final int LONGEST = 64;

  /** Leaves room for a slash and the number of any row. */
  static final int LONGEST_NAME = LONGEST - 1 - Long.toString(Long.MAX_VALUE).length();

  private final @Nullable String campaign;

  /**
   * Request ids of a campaign.
   *
   * @param campaign at most {@link #LONGEST_NAME} characters; null if each row has an id
   */
  RequestIds(@Nullable String campaign) {
    this.campaign = campaign;
  }

  /** Returns the row with a request id, or as a bad one. */
  Row complete(Row row) {
    if (!(row instanceof Row.Item item)) {
      return row;
    }
    BatchSendRequest request = item.request();
    if (request.getRequestId().length() > LONGEST) {
      return Row.Bad.of(
          row.number(),
          row.line(),
          "request_id",
          "has " + request.getRequestId().length() + " characters (expected: at most 64)");
    }
    if (!request.getRequestId().isEmpty()) {
      return row;
    }
    if (campaign == null) {
      return Row.Bad.of(
          row.number(), row.line(), "request_id", "is missing (--campaign NAME generates it)");
    }
    return item.with(request.toBuilder().setRequestId(campaign + "/" + row.number()).build());
  }
}
