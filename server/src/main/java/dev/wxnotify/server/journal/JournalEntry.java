package dev.wxnotify.server.journal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message of the journal with its receipt.
 *
 * @param sequence its place among messages that began at the same time, for paging
 * @param message what became of the message
 * @param receipt what WeChat reported of its delivery; null where there is no receipt yet
 */
public record JournalEntry(long sequence, MessageRecord message, @Nullable Receipt receipt) {

  /**
   * What WeChat reported of a delivery.
   *
   * @param report the report
   * @param occurredAt when, by WeChat's clock
   */
  public record Receipt(Event.DeliveryReport report, Instant occurredAt) {}
}
