package dev.wxnotify.server.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/**
 * Forgets old rows, some at a time, by one replica at a time. Before events go, the journal says up
 * to which position they may be gone: so a reader finds them, or learns that its cursor is too old,
 * and never misses some. That is a transaction of its own, which is short: publishing waits for it.
 */
final class Pruning {
  private static final String OLD_EVENTS =
      " FROM event WHERE received_at < ? ORDER BY received_at, id LIMIT ?";

  private static final String DELETE_EVENTS =
      "DELETE FROM event WHERE id IN (SELECT id"
          + OLD_EVENTS
          + ") AND (position IS NULL OR position <= (SELECT pruned_through FROM journal))";

  /** What ended before a time began before it, which an index knows. */
  private static final String DELETE_MESSAGES =
      "DELETE FROM message WHERE (began_at, sequence) IN (SELECT began_at, sequence FROM message"
          + " WHERE began_at < ? AND ended_at < ? ORDER BY began_at, sequence LIMIT ?)";

  private final Database database;
  private final Dialect dialect;

  Pruning(Database database) {
    this.database = database;
    this.dialect = database.dialect();
  }

  /** Returns whether there may be more. */
  boolean prune(Instant before, int limit) {
    long time = Times.micros(before);
    boolean mayPrune =
        database.transaction(
            connection -> {
              boolean isAlone = isAlone(connection);
              if (isAlone) {
                announce(connection, time, limit);
              }
              return isAlone;
            });
    if (!mayPrune) {
      return false;
    }
    int events =
        database.transaction(
            connection -> isAlone(connection) ? delete(connection, DELETE_EVENTS, limit, time) : 0);
    int messages =
        database.transaction(
            connection ->
                isAlone(connection) ? delete(connection, DELETE_MESSAGES, limit, time, time) : 0);
    return events == limit || messages == limit;
  }

  private boolean isAlone(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(dialect.mayPrune());
        ResultSet row = statement.executeQuery()) {
      return row.next() && row.getBoolean(1);
    }
  }

  private static void announce(Connection connection, long before, int limit) throws SQLException {
    long through = 0;
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT MAX(position) FROM (SELECT position" + OLD_EVENTS + ") AS old")) {
      statement.setLong(1, before);
      statement.setInt(2, limit);
      try (ResultSet row = statement.executeQuery()) {
        through = row.next() ? row.getLong(1) : 0;
      }
    }
    if (through > 0) {
      try (PreparedStatement statement =
          connection.prepareStatement(
              "UPDATE journal SET pruned_through = ? WHERE pruned_through < ?")) {
        statement.setLong(1, through);
        statement.setLong(2, through);
        statement.executeUpdate();
      }
    }
  }

  private static int delete(Connection connection, String sql, int limit, long... times)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < times.length; i++) {
        statement.setLong(i + 1, times[i]);
      }
      statement.setInt(times.length + 1, limit);
      return statement.executeUpdate();
    }
  }
}
