package dev.wxnotify.server.jdbc;

import static dev.wxnotify.server.jdbc.Input.number;
import static dev.wxnotify.server.jdbc.Input.text;
import static dev.wxnotify.server.jdbc.Input.truth;

import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.Event.DeliveryReport;
import dev.wxnotify.server.journal.Event.SubscriptionChange;
import dev.wxnotify.server.journal.NewEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Rows of the table {@code event}. */
final class EventRows {
  static final String COLUMNS =
      "event_key, app_id, open_id, template_id, occurred_at, received_at, message_id, delivered,"
          + " error_code, error_status, answer, raw_answer, source, popup_scene";

  private EventRows() {}

  /** Returns rows with {@link #COLUMNS}, and {@code place}, which says in which order they come. */
  static Input of(List<NewEvent> events) {
    List<Long> places = LongStream.range(0, events.size()).boxed().toList();
    return Input.of(
        text("event_key", events, NewEvent::key),
        text("app_id", events, each -> each.event().appId()),
        text("open_id", events, each -> each.event().openId()),
        text("template_id", events, each -> each.event().templateId()),
        number("occurred_at", events, each -> Times.micros(each.event().occurredAt())),
        number("received_at", events, each -> Times.micros(each.event().receivedAt())),
        text("message_id", events, EventRows::messageId),
        truth("delivered", events, each -> of(each, DeliveryReport.class, r -> r.delivered())),
        text("error_code", events, each -> of(each, DeliveryReport.class, r -> r.errorCode())),
        text("error_status", events, each -> of(each, DeliveryReport.class, r -> r.errorStatus())),
        text("answer", events, each -> of(each, SubscriptionChange.class, c -> c.answer().name())),
        text("raw_answer", events, each -> of(each, SubscriptionChange.class, c -> c.rawAnswer())),
        text("source", events, each -> of(each, SubscriptionChange.class, c -> c.source().name())),
        text(
            "popup_scene", events, each -> of(each, SubscriptionChange.class, c -> c.popupScene())),
        number("place", places, place -> place));
  }

  /** Returns what a receipt belongs to; null for another event, and for a receipt without one. */
  private static @Nullable String messageId(NewEvent event) {
    return event.event().detail() instanceof DeliveryReport report && !report.messageId().isEmpty()
        ? report.messageId()
        : null;
  }

  private static <D, V> @Nullable V of(NewEvent event, Class<D> kind, Function<D, V> value) {
    Event.Detail detail = event.event().detail();
    return kind.isInstance(detail) ? value.apply(kind.cast(detail)) : null;
  }

  static Event read(ResultSet row) throws SQLException {
    return new Event(
        row.getString("app_id"),
        row.getString("open_id"),
        row.getString("template_id"),
        Times.instant(row.getLong("occurred_at")),
        Times.instant(row.getLong("received_at")),
        row.getString("answer") == null ? report(row) : change(row));
  }

  static DeliveryReport report(ResultSet row) throws SQLException {
    String messageId = row.getString("message_id");
    return new DeliveryReport(
        row.getBoolean("delivered"),
        messageId == null ? "" : messageId,
        row.getString("error_code"),
        row.getString("error_status"));
  }

  private static SubscriptionChange change(ResultSet row) throws SQLException {
    return new SubscriptionChange(
        Event.Answer.valueOf(row.getString("answer")),
        row.getString("raw_answer"),
        Event.Source.valueOf(row.getString("source")),
        row.getString("popup_scene"));
  }
}
