package dev.wxnotify.server.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import dev.wxnotify.server.journal.JournalUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connections of the journal, and what is done with them: single queries, and transactions.
 *
 * <p>Concurrency: the pools are safe for threads. A call waits for a connection for at most {@link
 * #CONNECTION_MILLIS}.
 */
final class Database implements AutoCloseable {
  private static final long CONNECTION_MILLIS = 2_000;
  private static final long VALIDATION_MILLIS = 1_000;

  /** How often a transaction is tried that meets another one. */
  private static final int TRIES = 4;

  /** A primary that became a standby: its connections are of no use any more. */
  private static final String READ_ONLY = "25006";

  private final Dialect dialect;
  private final SqlFaults faults;
  private final DataSource forWriting;
  private final DataSource forReading;
  private final int writers;
  private volatile @Nullable Pools pools;

  private record Pools(HikariDataSource writers, HikariDataSource readers) {}

  /** What is done with a connection. */
  @FunctionalInterface
  interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  /**
   * A database without connections yet.
   *
   * @param writers the most connections that write
   */
  Database(Dialect dialect, DataSource forWriting, DataSource forReading, int writers) {
    this.dialect = dialect;
    this.faults = new SqlFaults(dialect);
    this.forWriting = forWriting;
    this.forReading = forReading;
    this.writers = writers;
  }

  Dialect dialect() {
    return dialect;
  }

  /**
   * Makes the pools, which connect when they are used.
   *
   * @param readers the most connections that read
   */
  void open(int readers) {
    pools =
        new Pools(
            pool("journal-writers", forWriting, writers),
            pool("journal-readers", forReading, readers));
  }

  private HikariDataSource pool(String name, DataSource connections, int most) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setDataSource(connections);
    config.setMaximumPoolSize(most);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECTION_MILLIS);
    config.setValidationTimeout(VALIDATION_MILLIS);
    config.setInitializationFailTimeout(-1);
    // Otherwise a pool asks its first connection for it. If that one breaks meanwhile, HikariCP
    // sets an isolation that does not exist, on each connection from then on, and none is of use.
    config.setTransactionIsolation(dialect.isolation());
    config.setExceptionOverride(
        new SQLExceptionOverride() {
          @java.lang.Override // The interface has a type of this name.
          public SQLExceptionOverride.Override adjudicate(SQLException e) {
            return READ_ONLY.equals(e.getSQLState())
                ? SQLExceptionOverride.Override.MUST_EVICT
                : SQLExceptionOverride.Override.CONTINUE_EVICT;
          }
        });
    return new HikariDataSource(config);
  }

  /** Runs queries, each of which is a transaction of its own. */
  <T> T read(Work<T> work) {
    try (Connection connection = opened().readers.getConnection()) {
      return work.with(connection);
    } catch (SQLException e) {
      throw faults.translate(e);
    }
  }

  /** Runs one statement, which is a transaction of its own. */
  <T> T write(Work<T> work) {
    try (Connection connection = opened().writers.getConnection()) {
      return work.with(connection);
    } catch (SQLException e) {
      throw faults.translate(e);
    }
  }

  /** Runs a transaction, again where it met another one. */
  <T> T transaction(Work<T> work) {
    for (int i = 1; ; i++) {
      HikariDataSource pool = opened().writers;
      try (Connection connection = pool.getConnection()) {
        return committed(pool, connection, work);
      } catch (SQLException e) {
        if (i == TRIES || !faults.isConflict(e)) {
          throw faults.translate(e);
        }
      }
    }
  }

  private static <T> T committed(HikariDataSource pool, Connection connection, Work<T> work)
      throws SQLException {
    try {
      connection.setAutoCommit(false);
      T result = work.with(connection);
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException e) {
      rollBack(pool, connection, e);
      throw e;
    }
  }

  /**
   * A connection that cannot roll back is given up: it is broken, or the database has rolled back
   * by itself, as SQLite does on a full disk. Its driver then takes the transaction for open, and
   * would begin no other one.
   */
  private static void rollBack(HikariDataSource pool, Connection connection, Exception why) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      why.addSuppressed(e);
      pool.evictConnection(connection);
    }
  }

  private Pools opened() {
    Pools opened = pools;
    if (opened == null) {
      throw new JournalUnavailableException(dialect.name() + ": not connected yet", null);
    }
    return opened;
  }

  boolean isOpen() {
    return pools != null;
  }

  @Override
  public void close() {
    Pools opened = pools;
    if (opened != null) {
      pools = null;
      opened.writers.close();
      opened.readers.close();
    }
  }
}
