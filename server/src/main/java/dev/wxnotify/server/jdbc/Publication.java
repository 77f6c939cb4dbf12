package dev.wxnotify.server.jdbc;

import dev.wxnotify.server.journal.MessageRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Makes events visible: gives them the next positions, one transaction after the other.
 *
 * <pre>
 *   a batch of messages, or of events, is committed     (no lock; what others do is not seen yet)
 *   ── then, in another transaction ──
 *   lock the row of the journal                         (others wait here, replicas too)
 *   join what is not visible with its messages          (sees all that was committed before)
 *   give it the positions after the last one, and move the last one
 *   commit                                              (the next one may take the lock)
 * </pre>
 *
 * <p>So positions become visible in their order. And no join is lost: of a message and its receipt,
 * the one whose batch is committed later finds the other.
 */
final class Publication {
  private static final String IF_JOINED = "HAVING e.message_id IS NULL OR COUNT(m.app_id) > 0";

  private final Database database;
  private final Dialect dialect;

  @FunctionalInterface
  private interface Binding {
    int bind(PreparedStatement statement) throws SQLException;
  }

  Publication(Database database) {
    this.database = database;
    this.dialect = database.dialect();
  }

  /** Makes events of a batch visible, other than receipts of unknown messages. */
  void events(Collection<String> keys) {
    publish(
        dialect.isOneOf("e.event_key"),
        IF_JOINED,
        statement -> {
          dialect.bind(statement, 1, keys);
          return 2;
        });
  }

  /** Makes receipts visible that came before their messages. */
  void receiptsOf(List<MessageRecord> messages) {
    List<String> messageIds = new ArrayList<>(messages.size());
    for (MessageRecord each : messages) {
      if (!each.messageId().isEmpty()) {
        messageIds.add(each.messageId());
      }
    }
    // Most receipts come later: then nobody waits for the lock.
    if (!messageIds.isEmpty() && arePending(messageIds)) {
      publish(
          dialect.isOneOf("e.message_id"),
          IF_JOINED,
          statement -> {
            dialect.bind(statement, 1, messageIds);
            return 2;
          });
    }
  }

  private boolean arePending(List<String> messageIds) {
    return database.write(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT 1 FROM event WHERE "
                      + dialect.isOneOf("message_id")
                      + " AND position IS NULL LIMIT 1")) {
            dialect.bind(statement, 1, messageIds);
            try (ResultSet rows = statement.executeQuery()) {
              return rows.next();
            }
          }
        });
  }

  /** Makes old events visible, joined or not; returns how many, at most {@code limit}. */
  int orphans(Instant before, int limit) {
    long time = Times.micros(before);
    if (!areOrphans(time)) {
      return 0;
    }
    return publish(
        "e.id IN (SELECT id FROM event WHERE position IS NULL AND received_at < ? ORDER BY"
            + " received_at, id LIMIT ?)",
        "",
        statement -> {
          statement.setLong(1, time);
          statement.setInt(2, limit);
          return 3;
        });
  }

  private boolean areOrphans(long before) {
    return database.read(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT 1 FROM event WHERE position IS NULL AND received_at < ? LIMIT 1")) {
            statement.setLong(1, before);
            try (ResultSet rows = statement.executeQuery()) {
              return rows.next();
            }
          }
        });
  }

  private String sql(String which, String having) {
    return """
        WITH ready AS (
          SELECT e.id AS id, e.received_at AS received_at, COUNT(m.app_id) > 0 AS owned,
            COALESCE(MAX(m.caller), '') AS caller, COALESCE(MAX(m.request_id), '') AS request_id
          FROM event e LEFT JOIN message m
            ON m.message_id = e.message_id AND m.app_id = e.app_id AND m.message_id <> ''
          WHERE e.position IS NULL AND %s
          GROUP BY e.id, e.received_at, e.message_id
          %s
        ), numbered AS (
          SELECT ready.*, CAST(? AS bigint) + ROW_NUMBER() OVER (ORDER BY id) AS position,
            MAX(received_at) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS latest
          FROM ready
        )
        UPDATE event SET position = numbered.position, owned = numbered.owned,
          caller = numbered.caller, request_id = numbered.request_id, received_through = %s
        FROM numbered WHERE event.id = numbered.id"""
        .formatted(which, having, dialect.greatest("CAST(? AS bigint)", "numbered.latest"));
  }

  private int publish(String which, String having, Binding binding) {
    String sql = sql(which, having);
    return database.transaction(
        connection -> {
          Head head = Head.locked(connection, dialect);
          int published;
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int at = binding.bind(statement);
            statement.setLong(at, head.lastPosition());
            statement.setLong(at + 1, head.receivedThrough());
            published = statement.executeUpdate();
          }
          if (published > 0) {
            move(connection, published);
          }
          return published;
        });
  }

  private static void move(Connection connection, int published) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "UPDATE journal SET last_position = last_position + ?, received_through = (SELECT"
                + " received_through FROM event WHERE position = journal.last_position + ?)")) {
      statement.setLong(1, published);
      statement.setLong(2, published);
      statement.executeUpdate();
    }
  }

  /** The end of the visible events. */
  private record Head(long lastPosition, long receivedThrough) {
    /** Reads it, and locks it to the end of the transaction. */
    static Head locked(Connection connection, Dialect dialect) throws SQLException {
      try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT last_position, received_through FROM journal" + dialect.forUpdate());
          ResultSet row = statement.executeQuery()) {
        row.next();
        return new Head(row.getLong(1), row.getLong(2));
      }
    }
  }
}
