package dev.wxnotify.server.testing;

import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.StoredEvent;
import java.time.Instant;

/** Events of a journal, for tests. */
public final class JournalEvents {
  /** When all of them happened. */
  public static final Instant TIME = Instant.parse("2026-03-01T08:00:00Z");

  private JournalEvents() {}

  /** The receipt of a message that {@code caller} sent, as {@code request-POSITION}. */
  public static StoredEvent receipt(long position, String appId, String caller) {
    return new StoredEvent(position, receipt(position, appId), true, caller, "request-" + position);
  }

  /** The receipt of a message that the journal does not know. */
  public static StoredEvent receiptOfNobody(long position, String appId) {
    return new StoredEvent(position, receipt(position, appId), false, "", "");
  }

  private static Event receipt(long position, String appId) {
    return new Event(
        appId,
        "user-" + position,
        "template",
        TIME,
        TIME.plusSeconds(position),
        new Event.DeliveryReport(true, Long.toString(position), "0", "success"));
  }

  /** An acceptance of a user. */
  public static StoredEvent acceptance(long position, String appId) {
    return new StoredEvent(
        position,
        new Event(
            appId,
            "user-" + position,
            "template",
            TIME,
            TIME.plusSeconds(position),
            new Event.SubscriptionChange(Event.Answer.ACCEPTED, "accept", Event.Source.POPUP, "0")),
        false,
        "",
        "");
  }
}
