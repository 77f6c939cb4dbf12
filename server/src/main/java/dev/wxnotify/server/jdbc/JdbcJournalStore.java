package dev.wxnotify.server.jdbc;

import dev.wxnotify.server.journal.EventStore;
import dev.wxnotify.server.journal.JournalStore;
import dev.wxnotify.server.journal.MessageStore;
import dev.wxnotify.server.journal.SubscriptionStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The journal in PostgreSQL, which replicas share, or in a file of SQLite, which belongs to one
 * process. Nothing of a database is loaded before {@link #open}.
 */
public final class JdbcJournalStore implements JournalStore {
  private static final String MIGRATIONS = "classpath:dev/wxnotify/server/jdbc/migration";
  private static final String POSTGRESQL = "jdbc:postgresql:";
  private static final String SQLITE = "jdbc:sqlite:";

  /** Two batches at a time, and what makes events visible. */
  private static final int POSTGRESQL_WRITERS = 4;

  private static final int SQLITE_WRITERS = 1;

  /** Four look-ups and two watchers at a time, what asks for news, and what follows the ledger. */
  private static final int READERS = 8;

  private final boolean isShared;
  private final Database database;
  private final Dialect dialect;
  private final DataSource forMigrations;
  private final @Nullable FileLock lock;
  private final JdbcMessages messages;
  private final JdbcEvents events;
  private volatile String id = "";

  /**
   * A store that is not open yet.
   *
   * @param url {@code jdbc:postgresql:…} as the driver knows it, or {@code jdbc:sqlite:FILE}
   * @param user the user of PostgreSQL; null for the driver's default
   * @param passwordFile a file with the password, which is read for each new connection; null for
   *     none
   * @throws IllegalArgumentException if the URL is neither
   */
  public JdbcJournalStore(String url, @Nullable String user, @Nullable Path passwordFile) {
    if (url.startsWith(POSTGRESQL)) {
      PostgresConnections connections = new PostgresConnections(url, user, passwordFile);
      this.isShared = true;
      this.lock = null;
      this.dialect = new PostgresDialect();
      this.forMigrations = new Connections(connections::forMigrations);
      this.database =
          new Database(
              dialect,
              new Connections(connections::forWriting),
              new Connections(connections::forReading),
              POSTGRESQL_WRITERS);
    } else {
      Path file = sqliteFile(url);
      SqliteConnections connections = new SqliteConnections(file);
      this.isShared = false;
      this.lock = new FileLock(file);
      this.dialect = new SqliteDialect();
      this.forMigrations = new Connections(connections::forWriting);
      this.database =
          new Database(
              dialect, forMigrations, new Connections(connections::forReading), SQLITE_WRITERS);
    }
    Publication publication = new Publication(database);
    this.messages = new JdbcMessages(database, publication);
    this.events = new JdbcEvents(database, publication);
  }

  private static Path sqliteFile(String url) {
    String name = url.startsWith(SQLITE) ? url.substring(SQLITE.length()) : "";
    // What SQLite and its driver give a meaning of their own: memory, URIs, resources, parameters.
    if (name.isEmpty() || name.startsWith(":") || name.startsWith("file:") || name.contains("?")) {
      throw new IllegalArgumentException(
          "is neither jdbc:postgresql://HOST/DATABASE nor jdbc:sqlite:FILE");
    }
    return Path.of(name).toAbsolutePath();
  }

  @Override
  public void open() {
    if (database.isOpen()) {
      return;
    }
    if (lock != null) {
      lock.acquire();
    }
    new Migrations(dialect, forMigrations, MIGRATIONS).run();
    database.open(READERS);
    try {
      id = database.transaction(JdbcJournalStore::idOf);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /** The first one to open a new journal names it. */
  private static String idOf(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO journal (one, id, last_position, pruned_through, received_through) VALUES"
                + " (1, ?, 0, 0, 0) ON CONFLICT (one) DO NOTHING")) {
      statement.setString(1, UUID.randomUUID().toString());
      statement.executeUpdate();
    }
    try (PreparedStatement statement = connection.prepareStatement("SELECT id FROM journal");
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getString(1);
    }
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public MessageStore messages() {
    return messages;
  }

  @Override
  public EventStore events() {
    return events;
  }

  @Override
  public SubscriptionStore subscriptions() {
    return new JdbcSubscriptions(database);
  }

  @Override
  public boolean isShared() {
    return isShared;
  }

  @Override
  public boolean prune(Instant before, int limit) {
    return new Pruning(database).prune(before, limit);
  }

  @Override
  public void close() {
    database.close();
    if (lock != null) {
      lock.close();
    }
  }
}
