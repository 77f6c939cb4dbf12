package dev.wxnotify.server.jdbc;

import static dev.wxnotify.server.jdbc.Journals.add;
import static dev.wxnotify.server.jdbc.Journals.open;
import static dev.wxnotify.server.jdbc.Journals.requestIds;
import static dev.wxnotify.server.journal.JournalSamples.ALL;
import static dev.wxnotify.server.journal.JournalSamples.T0;
import static dev.wxnotify.server.journal.JournalSamples.accepted;
import static dev.wxnotify.server.journal.JournalSamples.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wxnotify.server.journal.Event.Answer;
import dev.wxnotify.server.journal.JournalStore;
import dev.wxnotify.server.journal.JournalUnavailableException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that is in use, full, read-only, newer, something else, or large. */
class SqliteJournalTest {
  private static String url(Path directory) {
    return "jdbc:sqlite:" + directory.resolve("journal.db");
  }

  private static void execute(Path directory, String... statements) throws SQLException {
    try (Connection connection =
            new SqliteConnections(directory.resolve("journal.db")).forWriting();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  @Test
  void journal_isThereAfterARestart(@TempDir Path directory) {
    String id;
    try (JournalStore store = open(url(directory))) {
      add(store, "r");
      store.events().add(List.of(answer("k", Answer.ACCEPTED, T0)));
      id = store.id();
    }
    try (JournalStore store = open(url(directory))) {
      assertThat(store.id()).isEqualTo(id);
      assertThat(requestIds(store)).containsExactly("r");
      assertThat(store.events().last()).isEqualTo(1);
      assertThat(store.isShared()).isFalse();
    }
  }

  /** A server that is replaced is there for a moment beside the new one, which tries again. */
  @Test
  void file_thatAnotherHas_isUnavailable_untilItIsFree(@TempDir Path directory) {
    try (JournalStore second = new JdbcJournalStore(url(directory), null, null)) {
      try (JournalStore first = open(url(directory))) {
        assertThatThrownBy(second::open)
            .isInstanceOf(JournalUnavailableException.class)
            .hasMessageContaining("another process has the file");
        add(first, "r");
      }
      second.open();
      assertThat(requestIds(second)).containsExactly("r");
    }
  }

  /** As a tool for copies may have it, for longer than a transaction waits to begin. */
  @Test
  void file_thatAnotherHasLocked_isUnavailable_andRecovers(@TempDir Path directory)
      throws Exception {
    try (JournalStore store = open(url(directory))) {
      add(store, "before");
      try (Connection other = new SqliteConnections(directory.resolve("journal.db")).forWriting();
          Statement statement = other.createStatement()) {
        statement.execute("BEGIN EXCLUSIVE");
        assertThat(Journals.succeeds(() -> add(store, "meanwhile"))).isFalse();
        statement.execute("ROLLBACK");
      }

      add(store, "after");
      store.events().add(List.of(answer("k", Answer.ACCEPTED, T0)));
      assertThat(requestIds(store)).containsExactly("after", "before");
    }
  }

  /** The limit of pages is that of a full disk: the same error, from the same place. */
  @Test
  void disk_thatIsFull_isUnavailable_andRecovers(@TempDir Path directory) {
    AtomicLong pages = new AtomicLong(Integer.MAX_VALUE);
    Database database = database(directory, pages);
    try (JournalStore store = open(url(directory))) {
      add(store, "before");
    }
    database.open(1);
    JdbcMessages messages = new JdbcMessages(database, new Publication(database));
    pages.set(1);

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 2_000; i++) {
                messages.add(List.of(accepted("", "filling-" + i + "-" + "x".repeat(500), T0)));
              }
            })
        .isInstanceOf(JournalUnavailableException.class)
        .hasMessageContaining("SQLITE_FULL");
    assertThat(messages.findByRequestId(ALL, "before")).isPresent();

    pages.set(Integer.MAX_VALUE);
    messages.add(List.of(accepted("", "after", T0)));
    assertThat(messages.findByRequestId(ALL, "after")).isPresent();
    database.close();
  }

  /** As SQLite does where a full disk lets a commit fail. */
  @Test
  void transactionThatTheDatabaseRolledBackByItself_spoilsNoOther(@TempDir Path directory) {
    try (JournalStore store = open(url(directory));
        Database database = database(directory, new AtomicLong(Integer.MAX_VALUE))) {
      add(store, "before");
      database.open(1);
      JdbcMessages messages = new JdbcMessages(database, new Publication(database));

      assertThatThrownBy(
              () ->
                  database.transaction(
                      connection -> {
                        try (Statement statement = connection.createStatement()) {
                          statement.execute("ROLLBACK");
                        }
                        throw new SQLException("as of a full disk");
                      }))
          .isInstanceOf(JournalUnavailableException.class);

      messages.add(List.of(accepted("", "after", T0)));
      messages.add(List.of(accepted("", "after that", T0)));
      assertThat(requestIds(store)).containsExactly("after", "after that", "before");
    }
  }

  /** As of somebody who looks at the file with a tool, and writes. */
  @Test
  void fileThatIsLocked_isUnavailable_andRecovers(@TempDir Path directory) throws Exception {
    try (JournalStore store = open(url(directory))) {
      add(store, "before");
      try (Connection other = new SqliteConnections(directory.resolve("journal.db")).forWriting()) {
        other.setAutoCommit(false);
        assertThatThrownBy(() -> add(store, "meanwhile"))
            .isInstanceOf(JournalUnavailableException.class)
            .hasMessageContaining("SQLITE_BUSY");
      }

      add(store, "after");
      add(store, "after that");
      assertThat(requestIds(store)).containsExactly("after", "after that", "before");
    }
  }

  /** The one connection that writes gets its limit when it is prepared for a statement. */
  private static Database database(Path directory, AtomicLong pages) {
    SqliteConnections connections = new SqliteConnections(directory.resolve("journal.db"));
    Limits limits = new Limits(pages);
    return new Database(
        new SqliteDialect(),
        new Connections(() -> limits.around(connections.forWriting())),
        new Connections(connections::forReading),
        1);
  }

  /** Sets the limit of pages whenever a transaction begins. */
  private record Limits(AtomicLong pages) {
    Connection around(Connection real) {
      return (Connection)
          Proxy.newProxyInstance(
              Connection.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("setAutoCommit")
                    && Boolean.FALSE.equals(arguments[0])) {
                  try (Statement statement = real.createStatement()) {
                    statement.execute("PRAGMA max_page_count = " + pages.get());
                  }
                }
                try {
                  return method.invoke(real, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause() == null ? e : e.getCause();
                }
              });
    }
  }

  @Test
  void folder_thatIsAbsent_isUnavailable_untilItIsThere(@TempDir Path directory) throws Exception {
    Path folder = directory.resolve("absent");
    try (JournalStore store = new JdbcJournalStore(url(folder), null, null)) {
      assertThatThrownBy(store::open).isInstanceOf(JournalUnavailableException.class);
      Files.createDirectory(folder);
      store.open();
      add(store, "r");
      assertThat(requestIds(store)).containsExactly("r");
    }
  }

  @Test
  void file_thatIsSomethingElse_isRefused(@TempDir Path directory) throws Exception {
    execute(directory, "CREATE TABLE orders (id bigint)");

    assertThatThrownBy(() -> open(url(directory)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no journal");
  }

  @Test
  void file_thatIsNoDatabase_isUnavailable_andSaysWhy(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("journal.db"), "no database ".repeat(1_000));

    assertThatThrownBy(() -> open(url(directory)))
        .isInstanceOf(JournalUnavailableException.class)
        .hasMessageContaining("SQLITE_NOTADB");
  }

  @Test
  void schema_thatIsNewer_isRefused(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("journal.db");
    try (JournalStore store = open(url(directory))) {
      add(store, "r");
    }
    new Migrations(
            new SqliteDialect(),
            new Connections(new SqliteConnections(file)::forWriting),
            "classpath:dev/wxnotify/server/jdbc/migration",
            "classpath:dev/wxnotify/server/jdbc/newer")
        .run();

    assertThatThrownBy(() -> open(url(directory)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has version 99");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:mysql://h/d",
        "jdbc:sqlite:",
        "jdbc:sqlite::memory:",
        "jdbc:sqlite:file:x",
        "jdbc:sqlite:x?a=b",
        "postgresql://h/d"
      })
  void url_ofAnotherKind_isRefused(String url) {
    assertThatThrownBy(() -> new JdbcJournalStore(url, null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("is neither");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "z\uD7FF", "😀", "\uDBFF\uDFFF", "a\uDBFF\uDFFF"})
  void endOfAPrefix_isAfterAllThatBeginWithIt(String prefix) {
    String end = MessageFilter.endOf(prefix);

    if (end.isEmpty()) {
      assertThat(prefix.codePoints()).allMatch(c -> c == Character.MAX_CODE_POINT);
    } else {
      assertThat(bytes(prefix + "\uDBFF\uDFFF")).isLessThan(bytes(end));
      assertThat(bytes(prefix)).isLessThan(bytes(end));
    }
  }

  /** In the order of bytes, as texts of hexadecimal digits. */
  private static String bytes(String text) {
    return java.util.HexFormat.of()
        .formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void manyRecords_areFoundAndForgotten(@TempDir Path directory) throws Exception {
    try (JournalStore store = open(url(directory))) {
      // It gives the journal its row; another connection fills the tables.
      assertThat(store.id()).isNotEmpty();
    }
    String numbers =
        "(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < "
            + ManyRecords.ROWS
            + ") SELECT n FROM numbers) AS numbers";
    try (Connection connection =
            new SqliteConnections(directory.resolve("journal.db")).forWriting();
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA synchronous = OFF");
      statement.execute("PRAGMA cache_size = -2000000");
      for (String each : ManyRecords.fill(numbers)) {
        statement.execute(each);
      }
    }
    try (JournalStore store = open(url(directory))) {
      new ManyRecords("SQLite", store).measure();
    }
  }
}
