package dev.wxnotify.server.jdbc;

import dev.wxnotify.server.journal.JournalStore;
import dev.wxnotify.server.journal.JournalStoreContract;
import dev.wxnotify.server.testing.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All tests that need a PostgreSQL, so that one JVM starts it, and once. */
class PostgresJournalStoreTest {

  /** In one schema, which is emptied for each test. */
  @Nested
  class Contract extends JournalStoreContract {
    private static String url = "";

    @Override
    protected JournalStore newStore() throws SQLException {
      if (url.isEmpty()) {
        url = TestPostgres.shared().newSchema();
      } else {
        String schema = TestPostgres.schemaOf(url);
        TestPostgres.shared()
            .execute(
                String.format(
                    "TRUNCATE %1$s.message, %1$s.event, %1$s.subscription, %1$s.journal"
                        + " RESTART IDENTITY",
                    schema));
      }
      return open();
    }

    @Override
    protected JournalStore otherInstance(JournalStore first) {
      return open();
    }

    private static JournalStore open() {
      JournalStore store = new JdbcJournalStore(url, "postgres", null);
      store.open();
      return store;
    }
  }

  @Nested
  class Outages extends PostgresOutages {}

  @Nested
  class Races extends PostgresRaces {}

  @Nested
  class Versions extends PostgresMigrations {}

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void manyRecords_areFoundAndForgotten() throws Exception {
    String url = TestPostgres.shared().newSchema();
    try (JournalStore store = Journals.open(url);
        Connection connection = TestPostgres.shared().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = " + TestPostgres.schemaOf(url));
      for (String each :
          ManyRecords.fill("generate_series(CAST(1 AS bigint), " + ManyRecords.ROWS + ") AS n")) {
        statement.execute(each);
      }
      statement.execute("VACUUM ANALYZE");
      new ManyRecords("PostgreSQL", store).measure();
    }
  }
}
