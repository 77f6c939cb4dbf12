package dev.wxnotify.server.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Makes connections to PostgreSQL. Everything has a limit on both sides, so that a database that
 * hangs holds a thread of the journal for seconds, and a replica that dies holds the others for no
 * longer. What the URL says itself counts.
 */
final class PostgresConnections {
  private static final int CONNECT_SECONDS = 2;

  /** Of the socket; longer than a statement may take, so that the database's answer comes first. */
  private static final int SOCKET_SECONDS = 5;

  /**
   * For statements, locks, and transactions whose replica is gone, in milliseconds. A transaction
   * that publishes must see what others have committed since it has the lock, so that the level is
   * not left to the configuration of the database.
   */
  private static final String LIMITS =
      """
      SET statement_timeout = 3000;
      SET lock_timeout = 2000;
      SET idle_in_transaction_session_timeout = 4000;
      SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE""";

  /** What a filter finds depends on its value, and so does the best plan. */
  private static final String OF_READERS = ";\nSET plan_cache_mode = force_custom_plan";

  /** A migration may rewrite a large table. */
  private static final int MIGRATION_SECONDS = 3_600;

  private static final String LIMITS_OF_MIGRATIONS =
      "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0";

  private final String url;
  private final @Nullable String user;
  private final @Nullable PasswordFile password;

  PostgresConnections(String url, @Nullable String user, @Nullable Path passwordFile) {
    this.url = url;
    this.user = user;
    this.password = passwordFile == null ? null : new PasswordFile(passwordFile);
  }

  Connection forWriting() throws SQLException {
    return connect(SOCKET_SECONDS, LIMITS);
  }

  Connection forReading() throws SQLException {
    return connect(SOCKET_SECONDS, LIMITS + OF_READERS);
  }

  Connection forMigrations() throws SQLException {
    return connect(MIGRATION_SECONDS, LIMITS_OF_MIGRATIONS);
  }

  private Connection connect(int socketSeconds, String limits) throws SQLException {
    Properties properties = new Properties();
    if (user != null) {
      PGProperty.USER.set(properties, user);
    }
    if (password != null) {
      PGProperty.PASSWORD.set(properties, password.get());
    }
    PGProperty.APPLICATION_NAME.set(properties, "wxnotify");
    PGProperty.CONNECT_TIMEOUT.set(properties, CONNECT_SECONDS);
    PGProperty.LOGIN_TIMEOUT.set(properties, SOCKET_SECONDS);
    PGProperty.SOCKET_TIMEOUT.set(properties, socketSeconds);
    PGProperty.CANCEL_SIGNAL_TIMEOUT.set(properties, CONNECT_SECONDS);
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    // Its details quote what was to be stored.
    PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
    Connection connection = new Driver().connect(url, properties);
    if (connection == null) {
      throw new SQLException("the driver does not know the URL", "08001");
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(limits);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }
}
