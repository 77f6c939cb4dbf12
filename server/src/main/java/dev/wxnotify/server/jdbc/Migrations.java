package dev.wxnotify.server.jdbc;

import dev.wxnotify.server.journal.JournalUnavailableException;
import java.sql.SQLException;
import java.util.Arrays;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.output.MigrateResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the schema, or brings it to this server's version. Replicas that start together do it once:
 * Flyway holds an advisory lock of PostgreSQL, and a file of SQLite has one process.
 */
final class Migrations {
  private static final Logger log = LoggerFactory.getLogger(Migrations.class);

  /** Not Flyway's own name: an application in the same schema may use Flyway too. */
  private static final String TABLE = "journal_schema_history";

  /** How often Flyway asks for its lock, once a second; the server asks again later anyway. */
  private static final int LOCK_TRIES = 3;

  /** What Flyway's exception says, of which it has no type, where another one has the lock. */
  private static final String LOCKED = "advisory lock";

  private final Dialect dialect;
  private final SqlFaults faults;
  private final Flyway flyway;

  /**
   * Creates migrations.
   *
   * @param connections connections without the limits of the daily work
   * @param locations where the migrations are, as Flyway names them
   */
  Migrations(Dialect dialect, DataSource connections, String... locations) {
    this.dialect = dialect;
    this.faults = new SqlFaults(dialect);
    this.flyway =
        Flyway.configure(Migrations.class.getClassLoader())
            .loggers("slf4j")
            .dataSource(connections)
            .locations(locations)
            .failOnMissingLocations(true)
            .table(TABLE)
            .lockRetryCount(LOCK_TRIES)
            .placeholders(dialect.placeholders())
            .cleanDisabled(true)
            .load();
  }

  /**
   * Migrates.
   *
   * @throws IllegalStateException if the schema is newer than this server, or no journal
   * @throws JournalUnavailableException if the database cannot be reached
   */
  void run() {
    try {
      refuseNewer();
      MigrateResult result = flyway.migrate();
      if (result.migrationsExecuted > 0) {
        log.info(
            "journal: {} has the schema of version {} now",
            dialect.name(),
            result.targetSchemaVersion);
      }
    } catch (FlywayException e) {
      throw translate(e);
    }
  }

  private void refuseNewer() {
    MigrationVersion ours = MigrationVersion.EMPTY;
    MigrationVersion newest = null;
    for (MigrationInfo each : flyway.info().all()) {
      MigrationVersion version = each.getVersion();
      if (version != null && each.getState() == MigrationState.FUTURE_SUCCESS) {
        newest = version;
      } else if (version != null) {
        ours = version;
      }
    }
    if (newest != null) {
      throw new IllegalStateException(
          "the schema of the journal in "
              + dialect.name()
              + " has version "
              + newest
              + ", and this server knows versions up to "
              + ours
              + ": start a server as new as the one that made it, or name another database");
    }
  }

  private RuntimeException translate(FlywayException e) {
    SQLException cause = sqlException(e);
    if (cause != null) {
      return faults.translate(cause);
    }
    String text = String.valueOf(e.getMessage());
    if (text.contains(LOCKED)) {
      return new JournalUnavailableException(
          dialect.name() + ": another server makes or migrates the schema", null);
    }
    return new IllegalStateException(
        "the database is no journal of this server: name an empty schema or file (Flyway: "
            + text.lines().findFirst().orElse("")
            + ")");
  }

  private static @Nullable SQLException sqlException(Throwable e) {
    for (Throwable each = e; each != null; each = each.getCause()) {
      if (each instanceof SQLException found) {
        return found;
      }
    }
    return Arrays.stream(e.getSuppressed())
        .filter(SQLException.class::isInstance)
        .map(SQLException.class::cast)
        .findFirst()
        .orElse(null);
  }
}
