package dev.wxnotify.server.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A real PostgreSQL on a free port of the loopback interface. Nothing needs to be installed: the
 * programs come from a Maven artifact. It starts in some seconds, so that tests share one.
 */
public final class TestPostgres implements AutoCloseable {
  private static final AtomicInteger schemas = new AtomicInteger();

  private final Path data;
  private final Map<String, String> settings;
  private EmbeddedPostgres running;
  private int port;

  /** Started by the first test that needs it, and ended with the JVM. */
  private static final class Shared {
    private static final TestPostgres INSTANCE = new TestPostgres(Map.of());

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(Shared::end));
    }

    private static void end() {
      try {
        INSTANCE.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  public TestPostgres(Map<String, String> settings) {
    this.settings = settings;
    try {
      data = Files.createTempDirectory("wxnotify-postgres");
    } catch (IOException e) {
      throw new AssertionError("no folder for PostgreSQL", e);
    }
    running = launch();
    port = running.getPort();
  }

  public static TestPostgres shared() {
    return Shared.INSTANCE;
  }

  /** Starts it again, with the data of before, on its previous port. */
  public void start() {
    running = launch();
  }

  private EmbeddedPostgres launch() {
    try {
      EmbeddedPostgres.Builder builder =
          EmbeddedPostgres.builder()
              .setDataDirectory(data)
              .setCleanDataDirectory(false)
              .setPGStartupWait(Duration.ofSeconds(30))
              .setServerConfig("fsync", "off")
              .setServerConfig("full_page_writes", "off")
              .setServerConfig("jit", "off");
      if (port != 0) {
        builder.setPort(port);
      }
      settings.forEach(builder::setServerConfig);
      return builder.start();
    } catch (IOException e) {
      throw new AssertionError("PostgreSQL does not start", e);
    }
  }

  /** Stops it; connections break. */
  public void stop() throws IOException {
    running.close();
  }

  public int port() {
    return port;
  }

  /** Returns the URL of a new, empty schema. */
  public String newSchema() throws SQLException {
    String schema = "test_" + schemas.incrementAndGet();
    execute("CREATE SCHEMA " + schema);
    return url(port, schema);
  }

  public static String url(int port, String schema) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?currentSchema=" + schema;
  }

  public static String schemaOf(String url) {
    return url.replaceFirst(".*currentSchema=([a-z0-9_]+).*", "$1");
  }

  /** Returns a connection of the superuser. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres");
  }

  public void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Returns the number in the first row. */
  public long number(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void close() throws IOException {
    running.close();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
