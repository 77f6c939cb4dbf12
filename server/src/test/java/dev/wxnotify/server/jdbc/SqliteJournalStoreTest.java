package dev.wxnotify.server.jdbc;

import dev.wxnotify.server.journal.JournalStore;
import dev.wxnotify.server.journal.JournalStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract of a store, in a file of SQLite. */
class SqliteJournalStoreTest extends JournalStoreContract {
  @SuppressWarnings("NullAway") // JUnit sets it.
  @TempDir
  Path directory;

  @Override
  protected JournalStore newStore() {
    JournalStore store =
        new JdbcJournalStore("jdbc:sqlite:" + directory.resolve("journal.db"), null, null);
    store.open();
    return store;
  }

  /** A file belongs to one process. */
  @Override
  protected JournalStore otherInstance(JournalStore first) {
    return first;
  }
}
