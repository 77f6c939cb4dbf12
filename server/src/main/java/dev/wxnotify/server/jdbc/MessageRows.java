package dev.wxnotify.server.jdbc;

import static dev.wxnotify.server.jdbc.Input.number;
import static dev.wxnotify.server.jdbc.Input.text;

import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.journal.MessageRecord;
import dev.wxnotify.server.journal.MessageRecord.Outcome;
import dev.wxnotify.server.message.MessageKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of the table {@code message}. */
final class MessageRows {
  static final String COLUMNS =
      "app_id, message_id, request_id, caller, open_id, template_id, kind, outcome, reason, errcode,"
          + " errmsg, rid, began_at, ended_at, attempts";

  private MessageRows() {}

  /** Returns rows with {@link #COLUMNS}. */
  static Input of(List<MessageRecord> messages) {
    return Input.of(
        text("app_id", messages, MessageRecord::appId),
        text("message_id", messages, MessageRecord::messageId),
        text("request_id", messages, MessageRecord::requestId),
        text("caller", messages, MessageRecord::caller),
        text("open_id", messages, MessageRecord::openId),
        text("template_id", messages, MessageRecord::templateId),
        text("kind", messages, message -> message.kind().name()),
        text("outcome", messages, message -> message.outcome().name()),
        text("reason", messages, MessageRecord::reason),
        number("errcode", messages, MessageRows::errcode),
        text(
            "errmsg",
            messages,
            message -> message.error() == null ? null : message.error().errmsg()),
        text("rid", messages, message -> message.error() == null ? null : message.error().rid()),
        number("began_at", messages, message -> Times.micros(message.beganAt())),
        number("ended_at", messages, message -> Times.micros(message.endedAt())),
        number("attempts", messages, message -> (long) message.attempts()));
  }

  private static @Nullable Long errcode(MessageRecord message) {
    WeChatError error = message.error();
    return error == null ? null : (long) error.errcode();
  }

  static MessageRecord read(ResultSet row) throws SQLException {
    int errcode = row.getInt("errcode");
    WeChatError error =
        row.wasNull()
            ? null
            : new WeChatError(errcode, row.getString("errmsg"), row.getString("rid"));
    return new MessageRecord(
        row.getString("app_id"),
        row.getString("message_id"),
        row.getString("request_id"),
        row.getString("caller"),
        row.getString("open_id"),
        row.getString("template_id"),
        MessageKind.valueOf(row.getString("kind")),
        Outcome.valueOf(row.getString("outcome")),
        row.getString("reason"),
        error,
        Times.instant(row.getLong("began_at")),
        Times.instant(row.getLong("ended_at")),
        row.getInt("attempts"));
  }
}
