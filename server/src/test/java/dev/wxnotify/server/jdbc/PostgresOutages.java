package dev.wxnotify.server.jdbc;

import static dev.wxnotify.server.jdbc.Journals.add;
import static dev.wxnotify.server.jdbc.Journals.open;
import static dev.wxnotify.server.jdbc.Journals.requestIds;
import static dev.wxnotify.server.jdbc.Journals.succeeds;
import static dev.wxnotify.server.journal.JournalSamples.ALL;
import static dev.wxnotify.server.journal.JournalSamples.T0;
import static dev.wxnotify.server.journal.JournalSamples.accepted;
import static dev.wxnotify.server.journal.JournalSamples.receipt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wxnotify.server.jdbc.TcpProxy.Manner;
import dev.wxnotify.server.journal.JournalRejectsException;
import dev.wxnotify.server.journal.JournalSamples.Changes;
import dev.wxnotify.server.journal.JournalStore;
import dev.wxnotify.server.journal.JournalUnavailableException;
import dev.wxnotify.server.journal.MessageRecord;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.DeafPort;
import dev.wxnotify.server.testing.TestCa;
import dev.wxnotify.server.testing.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL that is away, hangs, refuses or loses what it was doing. */
abstract class PostgresOutages {
  /** What the limits of one call come to, and some for a busy machine. */
  private static final Duration LONGEST_CALL = Duration.ofSeconds(9);

  private final TestPostgres postgres = TestPostgres.shared();

  @Test
  void database_withTls_thatWasRestarted_isUsedAgain(@TempDir Path directory) throws Exception {
    TestCa ca = new TestCa("database");
    ca.issueForLoopback("localhost").writeTo(directory, "server");
    Path key = directory.resolve("server.key");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    Path root = Files.writeString(directory.resolve("ca.crt"), ca.pem());
    Path wrong = Files.writeString(directory.resolve("wrong.crt"), new TestCa("other").pem());
    try (TestPostgres own =
        new TestPostgres(
            Map.of(
                "ssl",
                "on",
                "ssl_cert_file",
                directory.resolve("server.crt").toString(),
                "ssl_key_file",
                key.toString()))) {
      String plain = own.newSchema();
      String url = plain + "&sslmode=verify-full&sslrootcert=" + root;
      assertThatThrownBy(() -> open(plain + "&sslmode=verify-full&sslrootcert=" + wrong))
          .isInstanceOf(JournalUnavailableException.class)
          .hasMessageContaining("08006");
      try (JournalStore store = open(url)) {
        add(store, "before");
        own.stop();

        assertThatThrownBy(() -> add(store, "meanwhile"))
            .isInstanceOf(JournalUnavailableException.class)
            .hasMessageStartingWith("PostgreSQL: ");
        assertThatThrownBy(() -> requestIds(store)).isInstanceOf(JournalUnavailableException.class);

        own.start();
        Await.until("it is used again", () -> succeeds(() -> add(store, "after")));
        assertThat(requestIds(store)).containsExactly("after", "before");
      }
    }
  }

  @Test
  void database_thatIsAwayAtTheStart_isOpenedLater() throws Exception {
    String url = postgres.newSchema();
    try (JournalStore store =
        new JdbcJournalStore(
            TestPostgres.url(DeafPort.number(), TestPostgres.schemaOf(url)), "postgres", null)) {
      assertThatThrownBy(store::open).isInstanceOf(JournalUnavailableException.class);
      assertThatThrownBy(() -> add(store, "too early"))
          .isInstanceOf(JournalUnavailableException.class);
    }
    try (JournalStore store = open(url)) {
      store.open();
      add(store, "r");
      assertThat(requestIds(store)).containsExactly("r");
    }
  }

  @Test
  void connections_thatAreCut_areReplaced() throws Exception {
    String schema = TestPostgres.schemaOf(postgres.newSchema());
    try (TcpProxy proxy = TcpProxy.to(postgres.port());
        JournalStore store = open(TestPostgres.url(proxy.port(), schema))) {
      add(store, "before");
      assertThat(requestIds(store)).containsExactly("before");
      proxy.cut();

      Await.until("they are replaced", () -> succeeds(() -> add(store, "after")));
      Await.until("those of readers too", () -> succeeds(() -> requestIds(store)));
      assertThat(requestIds(store)).contains("after", "before");
    }
  }

  /**
   * The first connections of the pools break while they are made, at each thing that is said on
   * them before their use. All at once, since some breaks are noticed only after seconds.
   */
  @Test
  void connections_thatBreakWhileTheyAreMade_areReplaced() throws Exception {
    String sslRequest = "\4\u00D2\26/";
    String query = "Q\0\0\0\5\0";
    List<String> requests =
        List.of(
            "",
            sslRequest,
            "user\0postgres",
            "SET statement_timeout",
            query,
            "SHOW TRANSACTION ISOLATION LEVEL");
    List<CompletableFuture<Void>> all = new ArrayList<>();
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      for (String request : requests) {
        for (Manner manner : Manner.values()) {
          for (boolean writing : new boolean[] {true, false}) {
            all.add(
                CompletableFuture.runAsync(
                    () -> breakWhileMade(request, manner, writing), threads));
          }
        }
      }
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
    } finally {
      threads.shutdownNow();
    }
  }

  private void breakWhileMade(String request, Manner manner, boolean writing) {
    String where = (writing ? "writing after " : "reading after ") + manner + " at " + request;
    try (TcpProxy proxy = TcpProxy.to(postgres.port())) {
      proxy.breakAt(request, manner, 2);
      PostgresConnections made =
          new PostgresConnections(TestPostgres.url(proxy.port(), "public"), "postgres", null);
      try (Database database =
          new Database(
              new PostgresDialect(),
              new Connections(made::forWriting),
              new Connections(made::forReading),
              2)) {
        database.open(2);
        Runnable use =
            writing
                ? () -> database.write(PostgresOutages::ask)
                : () -> database.read(PostgresOutages::ask);
        Await.until(where, () -> succeeds(use));
        Await.until(where + ": it broke", proxy::hasBroken);
      }
    } catch (Exception e) {
      throw new AssertionError(where, e);
    }
  }

  private static int ask(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT 42")) {
      row.next();
      return row.getInt(1);
    }
  }

  @Test
  void batch_whoseCommitIsNotAnswered_isThereOnce() throws Exception {
    String schema = TestPostgres.schemaOf(postgres.newSchema());
    try (TcpProxy proxy = TcpProxy.to(postgres.port());
        JournalStore store = open(TestPostgres.url(proxy.port(), schema))) {
      List<MessageRecord> batch = List.of(accepted("1", "a", T0), accepted("2", "b", T0));
      List<MessageRecord> other = List.of(accepted("3", "c", T0));
      proxy.loseAnswerTo("\0S_1\0"); // The driver has prepared COMMIT under this name.

      assertThatThrownBy(() -> store.messages().add(batch))
          .isInstanceOf(JournalUnavailableException.class);
      assertThat(requestIds(store)).containsExactly("a", "b");
      store.messages().add(batch);
      store.messages().add(other);
      assertThat(requestIds(store)).containsExactly("a", "b", "c");
    }
  }

  @Test
  void database_thatHangs_holdsACallForSecondsOnly() throws Exception {
    String schema = TestPostgres.schemaOf(postgres.newSchema());
    try (TcpProxy proxy = TcpProxy.to(postgres.port());
        JournalStore store = open(TestPostgres.url(proxy.port(), schema))) {
      add(store, "before");
      proxy.silence();

      long began = System.nanoTime();
      assertThatThrownBy(() -> add(store, "meanwhile"))
          .isInstanceOf(JournalUnavailableException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(LONGEST_CALL);

      proxy.cut();
      Await.until("it is used again", () -> succeeds(() -> add(store, "after")));
    }
  }

  /** As when a replica is stopped in the middle of what makes events visible. */
  @Test
  void lock_ofAReplicaThatHangs_isTakenFromIt() throws Exception {
    String url = postgres.newSchema();
    try (JournalStore store = open(url)) {
      store.messages().add(List.of(accepted("1", "r", T0)));
      try (Connection hanging = postgres.connect();
          Statement statement = hanging.createStatement()) {
        statement.execute("SET search_path = " + TestPostgres.schemaOf(url));
        hanging.setAutoCommit(false);
        statement.execute("SELECT 1 FROM journal FOR UPDATE");

        // It is stored, and not visible: that is as the port has it.
        store.events().add(List.of(receipt("1", T0)));
        assertThat(store.events().last()).isZero();

        // Only now: before that, a busy machine may lose the lock too early.
        statement.execute("SET idle_in_transaction_session_timeout = 500");
        Await.until(
            "what waits is made visible",
            () -> succeeds(() -> store.events().publishOrphans(T0.plusSeconds(60), 10)));
        assertThat(store.events().read(0, 10).events())
            .singleElement()
            .satisfies(event -> assertThat(event.requestId()).isEqualTo("r"));
      }
    }
  }

  /** The database rolls back; the batch is there as a whole or not at all. */
  @Test
  void backends_thatAreEndedInTheMiddle_leaveWholeBatches() throws Exception {
    String url = postgres.newSchema();
    int batch = 50;
    try (JournalStore store = open(url)) {
      CompletableFuture<Integer> stored =
          CompletableFuture.supplyAsync(
              () -> {
                int succeeded = 0;
                for (int i = 0; i < 60; i++) {
                  String id = "batch-" + i;
                  List<MessageRecord> messages =
                      IntStream.range(0, batch)
                          .mapToObj(n -> accepted("", id + "-" + n, T0))
                          .toList();
                  succeeded += succeeds(() -> store.messages().add(messages)) ? 1 : 0;
                }
                return succeeded;
              });
      Random random = new Random(1);
      while (!stored.isDone()) {
        postgres.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name ="
                + " 'wxnotify' AND state <> 'idle' AND query LIKE '%message%' AND random() < "
                + random.nextDouble());
      }

      long rows =
          postgres.number("SELECT count(*) FROM " + TestPostgres.schemaOf(url) + ".message");
      assertThat(rows % batch).isZero();
      assertThat(rows).isGreaterThanOrEqualTo(stored.get() * (long) batch);
    }
  }

  @Test
  void content_thatAnIndexCannotHold_isRejected_andTheRestIsTaken() throws Exception {
    try (JournalStore store = open(postgres.newSchema())) {
      byte[] noise = new byte[6_000];
      new Random(1).nextBytes(noise);
      String tooLong = Base64.getEncoder().encodeToString(noise);

      assertThatThrownBy(
              () ->
                  store
                      .messages()
                      .add(
                          List.of(
                              accepted("", "fine", T0),
                              new Changes().requestId("long").openId(tooLong).make())))
          .isInstanceOf(JournalRejectsException.class)
          .hasMessage("PostgreSQL: SQLSTATE 54000")
          .hasNoCause();
      assertThat(requestIds(store)).isEmpty();
      add(store, "fine");
      assertThat(requestIds(store)).containsExactly("fine");
    }
  }

  @Test
  void nul_isReplaced() throws Exception {
    try (JournalStore store = open(postgres.newSchema())) {
      add(store, "a\0b");

      assertThat(store.messages().findByRequestId(ALL, "a\uFFFDb")).isPresent();
    }
  }

  @Test
  void password_isReadAgainForEachConnection_andInNoText(@TempDir Path directory) throws Exception {
    String url = postgres.newSchema();
    String schema = TestPostgres.schemaOf(url);
    Path data = directory.resolve("password");
    Files.writeString(data, "f1rst-s3cret\n");
    postgres.execute("CREATE ROLE rotated LOGIN PASSWORD 'f1rst-s3cret'");
    postgres.execute("GRANT ALL ON SCHEMA " + schema + " TO rotated");
    try (JournalStore store = new JdbcJournalStore(url, "rotated", data)) {
      store.open();
      add(store, "before");
      postgres.execute("ALTER ROLE rotated PASSWORD 's3cond-s3cret'");
      Files.writeString(data, "s3cond-s3cret\n");
      postgres.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rotated'");

      Await.until("it has the new one", () -> succeeds(() -> add(store, "after")));
    }
    try (JournalStore store = new JdbcJournalStore(url, "rotated", directory.resolve("none"))) {
      assertThatThrownBy(store::open)
          .isInstanceOf(JournalUnavailableException.class)
          .hasMessageContaining("password file")
          .hasMessageNotContaining("s3cret");
    }
  }
}
