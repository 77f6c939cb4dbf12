package dev.wxnotify.server.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import org.sqlite.Function;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TempStore;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * Makes connections to a file of SQLite. Readers and the one writer do not wait for each other
 * (WAL). A commit is on the disk before it returns: an event that WeChat will never repeat must
 * survive a power cut, and a batch of messages is one commit.
 */
final class SqliteConnections {
  private static final int BUSY_MILLIS = 2_000;

  private final Path file;

  SqliteConnections(Path file) {
    this.file = file;
  }

  Connection forWriting() throws SQLException {
    return connect(config());
  }

  Connection forReading() throws SQLException {
    Connection connection = connect(config());
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA query_only = true");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL);
    config.setBusyTimeout(BUSY_MILLIS);
    config.setTempStore(TempStore.MEMORY);
    // A transaction has its lock from the start: one that reads first could not get it later.
    config.setTransactionMode(TransactionMode.IMMEDIATE);
    return config;
  }

  private Connection connect(SQLiteConfig config) throws SQLException {
    Connection connection = config.createConnection("jdbc:sqlite:" + file);
    try {
      Function.create(
          connection,
          SqliteDialect.NOW,
          new Function() {
            @Override
            protected void xFunc() throws SQLException {
              result(Times.micros(Instant.now()));
            }
          });
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }
}
