package dev.wxnotify.server.jdbc;

import static dev.wxnotify.server.jdbc.Journals.add;
import static dev.wxnotify.server.jdbc.Journals.open;
import static dev.wxnotify.server.jdbc.Journals.requestIds;
import static dev.wxnotify.server.jdbc.Journals.succeeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wxnotify.server.journal.JournalStore;
import dev.wxnotify.server.journal.JournalUnavailableException;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.Concurrently;
import dev.wxnotify.server.testing.TestPostgres;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Schemas that are absent, older, newer, or something else. */
abstract class PostgresMigrations {
  /** The number of Flyway's advisory lock, to which it adds the hash of the table's name. */
  private static final long FLYWAY = 77_431_708_279_161L;

  private final TestPostgres postgres = TestPostgres.shared();

  @Test
  void replicas_thatStartTogether_migrateOnce_andHaveOneJournal() throws Exception {
    String url = postgres.newSchema();

    var ids =
        Concurrently.run(
                4,
                thread -> {
                  try (JournalStore store = new JdbcJournalStore(url, "postgres", null)) {
                    // Who does not get the lock in three seconds asks again, as the server does.
                    Await.until("it is open", () -> succeeds(store::open));
                    add(store, "r" + thread);
                    return store.id();
                  }
                })
            .resultsOfAll();

    assertThat(ids).containsOnly(ids.get(0)).doesNotContain("");
    assertThat(
            postgres.number(
                "SELECT count(*) FROM "
                    + TestPostgres.schemaOf(url)
                    + ".journal_schema_history WHERE version = '1'"))
        .isEqualTo(1);
    try (JournalStore store = open(url)) {
      assertThat(requestIds(store)).containsExactly("r0", "r1", "r2", "r3");
    }
  }

  @Test
  void schema_ofAnOlderVersion_isMigratedWithItsData_andThenRefusedByTheOlderServer()
      throws Exception {
    String url = postgres.newSchema();
    String id;
    try (JournalStore store = open(url)) {
      add(store, "old");
      id = store.id();
    }

    PostgresConnections connections = new PostgresConnections(url, "postgres", null);
    Migrations newer =
        new Migrations(
            new PostgresDialect(),
            new Connections(connections::forMigrations),
            "classpath:dev/wxnotify/server/jdbc/migration",
            "classpath:dev/wxnotify/server/jdbc/newer");
    newer.run();
    newer.run();

    assertThat(
            postgres.number(
                "SELECT count(*) FROM "
                    + TestPostgres.schemaOf(url)
                    + ".message WHERE request_id = 'old' AND added_later = 'x'"))
        .isEqualTo(1);
    assertThatThrownBy(() -> open(url))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has version 99")
        .hasMessageContaining("up to 1");
    assertThat(id).isNotEmpty();
  }

  /** As while a large table is migrated, which may take minutes. */
  @Test
  void schema_thatAnotherReplicaMigrates_isUnavailableUntilThen() throws Exception {
    String url = postgres.newSchema();
    String table = "\"" + TestPostgres.schemaOf(url) + "\".\"journal_schema_history\"";
    try (Connection replica = postgres.connect();
        Statement statement = replica.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(" + (FLYWAY + table.hashCode()) + ")");

      assertThatThrownBy(() -> open(url))
          .isInstanceOf(JournalUnavailableException.class)
          .hasMessageContaining("another server");
    }

    try (JournalStore store = open(url)) {
      assertThat(store.id()).isNotEmpty();
    }
  }

  @Test
  void schema_ofSomethingElse_isRefused() throws Exception {
    String url = postgres.newSchema();
    postgres.execute("CREATE TABLE " + TestPostgres.schemaOf(url) + ".orders (id bigint)");

    assertThatThrownBy(() -> open(url))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no journal");
  }
}
