package dev.wxnotify.server.jdbc;

import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.SubscriptionHistory;
import dev.wxnotify.server.journal.SubscriptionHistory.Acceptance;
import dev.wxnotify.server.journal.SubscriptionKey;
import dev.wxnotify.server.journal.SubscriptionStore;
import dev.wxnotify.server.journal.SubscriptionTimes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The table {@code subscription}. */
final class JdbcSubscriptions implements SubscriptionStore {
  private static final String SELECT =
      "SELECT app_id, open_id, template_id, accepted_at, rejected_at, refused_at, sent_at FROM"
          + " subscription";

  private static final int MOST_FACTS = 1_000;

  private final Database database;

  JdbcSubscriptions(Database database) {
    this.database = database;
  }

  @Override
  public List<SubscriptionHistory> find(String appId, String openId, List<String> templateIds) {
    Conditions where =
        new Conditions(database.dialect()).add("app_id = ?", appId).add("open_id = ?", openId);
    if (!templateIds.isEmpty()) {
      where.isOneOf("template_id", Set.copyOf(templateIds));
    }
    return database.read(
        connection -> {
          List<SubscriptionHistory> found = new ArrayList<>();
          for (Map.Entry<SubscriptionKey, SubscriptionTimes> each :
              read(connection, where, "").entrySet()) {
            found.add(history(connection, each.getKey(), each.getValue()));
          }
          return found;
        });
  }

  @Override
  public Map<SubscriptionKey, SubscriptionTimes> closedAndChangedSince(Instant time, int limit) {
    Conditions where =
        new Conditions(database.dialect())
            .add("(rejected_at IS NOT NULL OR refused_at IS NOT NULL)")
            .add("updated_at >= ?", Times.micros(time));
    return database.read(
        connection -> read(connection, where, " ORDER BY updated_at DESC LIMIT " + limit));
  }

  @Override
  public Instant now() {
    return database.read(
        connection -> {
          try (PreparedStatement statement =
                  connection.prepareStatement("SELECT " + database.dialect().now());
              ResultSet row = statement.executeQuery()) {
            row.next();
            return Times.instant(row.getLong(1));
          }
        });
  }

  private static Map<SubscriptionKey, SubscriptionTimes> read(
      Connection connection, Conditions where, String order) throws SQLException {
    Map<SubscriptionKey, SubscriptionTimes> found = new LinkedHashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(SELECT + where.where() + order)) {
      where.bind(statement);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.put(
              new SubscriptionKey(
                  rows.getString("app_id"),
                  rows.getString("open_id"),
                  rows.getString("template_id")),
              new SubscriptionTimes(
                  Times.instantOrNull(rows, "accepted_at"),
                  Times.instantOrNull(rows, "rejected_at"),
                  Times.instantOrNull(rows, "refused_at"),
                  Times.instantOrNull(rows, "sent_at")));
        }
      }
    }
    return found;
  }

  private static SubscriptionHistory history(
      Connection connection, SubscriptionKey key, SubscriptionTimes times) throws SQLException {
    long since =
        times
            .closedAt()
            .map(closed -> Times.micros(Instant.ofEpochSecond(closed.getEpochSecond())))
            .orElse(Long.MIN_VALUE);
    List<Acceptance> acceptances = new ArrayList<>();
    List<Instant> sends = new ArrayList<>();
    newest(
        connection,
        "SELECT occurred_at, source FROM event WHERE app_id = ? AND open_id = ? AND template_id = ?"
            + " AND answer = 'ACCEPTED' AND occurred_at >= ? ORDER BY occurred_at DESC, id DESC",
        key,
        since,
        row ->
            acceptances.add(
                new Acceptance(
                    Times.instant(row.getLong(1)), Event.Source.valueOf(row.getString(2)))));
    newest(
        connection,
        "SELECT ended_at FROM message WHERE app_id = ? AND open_id = ? AND template_id = ?"
            + " AND outcome = 'ACCEPTED' AND ended_at >= ? ORDER BY ended_at DESC",
        key,
        since,
        row -> sends.add(Times.instant(row.getLong(1))));
    Collections.reverse(acceptances);
    Collections.reverse(sends);
    return new SubscriptionHistory(key, times, acceptances, sends);
  }

  @FunctionalInterface
  private interface Row {
    void read(ResultSet row) throws SQLException;
  }

  private static void newest(
      Connection connection, String sql, SubscriptionKey key, long since, Row each)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql + " LIMIT " + MOST_FACTS)) {
      statement.setString(1, key.appId());
      statement.setString(2, key.openId());
      statement.setString(3, key.templateId());
      statement.setLong(4, since);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          each.read(rows);
        }
      }
    }
  }
}
