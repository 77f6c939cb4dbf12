package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The journal. */
class JournalKeysTest extends ConfigFixture {
  private static final String POSTGRESQL = "jdbc:postgresql://db:5432/wxnotify";

  JournalKeysTest(@TempDir Path directory) {
    super(directory);
  }

  private JournalSettings journal(Map<String, String> more) throws Exception {
    Map<String, String> keys = new HashMap<>(ONE_APP);
    keys.putAll(more);
    return load(keys, Map.of()).journal();
  }

  @Test
  void journal_withoutKeys_isInMemory() throws Exception {
    assertThat(journal(Map.of()))
        .isEqualTo(new JournalSettings(null, null, null, Duration.ofDays(30)));
  }

  @Test
  void journal_inPostgresql_hasUserAndPassword() throws Exception {
    Path password = Files.writeString(directory.resolve("password"), "s3cret");

    JournalSettings settings =
        journal(
            Map.of(
                "wxnotify.journal.url",
                POSTGRESQL + "?sslmode=verify-full",
                "wxnotify.journal.user",
                "wxnotify",
                "wxnotify.journal.password-file",
                password.toString()));

    assertThat(settings)
        .isEqualTo(
            new JournalSettings(
                POSTGRESQL + "?sslmode=verify-full", "wxnotify", password, Duration.ofDays(30)));
    assertThat(settings.toString()).doesNotContain("s3cret").doesNotContain("db:5432");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:sqlite:/var/lib/wxnotify/journal.db",
        "jdbc:sqlite:journal.db",
        "jdbc:postgresql://db/wxnotify",
        "jdbc:postgresql://a:5432,b:5432/wxnotify?targetServerType=primary",
      })
  void url_ofAKnownStore_isTaken(String url) throws Exception {
    assertThat(journal(Map.of("wxnotify.journal.url", url)).url()).isEqualTo(url);
  }

  @ParameterizedTest
  @CsvSource({
    "s3cret, expected: jdbc:sqlite:FILE",
    "jdbc:mysql://s3cret/x, expected: jdbc:sqlite:FILE",
    "postgresql://s3cret/x, expected: jdbc:sqlite:FILE",
    "jdbc:sqlite:, expected: the path of a file",
    "jdbc:sqlite::memory:, expected: the path of a file",
    "jdbc:sqlite:file:x.db, expected: the path of a file",
    "jdbc:sqlite:x.db?key=s3cret, expected: the path of a file",
    "jdbc:postgresql://db/x?password=s3cret, expected: no password in the URL",
    "jdbc:postgresql://db/x?ssl=true&PASSWORD=s3cret, expected: no password in the URL",
    "jdbc:postgresql://db/x?sslpassword=s3cret, expected: no password in the URL",
    "jdbc:postgresql://me:s3cret@db/x, expected: no password in the URL",
    "jdbc:postgresql://s3cret@db/x, expected: no user in the URL",
    "jdbc:postgresql://db/x?user=s3cret, expected: no user in the URL",
  })
  void url_thatIsWrong_isAMistakeThatDoesNotRepeatIt(String url, String text) {
    assertThatThrownBy(() -> journal(Map.of("wxnotify.journal.url", url)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("wxnotify.journal.url: " + text)
        .hasMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @CsvSource({"1d, 1", "30d, 30", "' 3650 d', 3650", "24h, 1", "P7D, 7"})
  void retention_asPeopleWriteIt_isRead(String text, int days) throws Exception {
    assertThat(journal(Map.of("wxnotify.journal.retention", text)).retention())
        .isEqualTo(Duration.ofDays(days));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0d", "23h", "3651d", "-1d", "30", "forever", "999999999d"})
  void retention_outOfItsRange_isAMistake(String text) {
    assertThatThrownBy(() -> journal(Map.of("wxnotify.journal.retention", text)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("wxnotify.journal.retention: expected: ")
        .hasMessageContaining("3650d");
  }

  @Test
  void userAndPassword_withoutPostgresql_areMistakes_together() throws Exception {
    Path password = Files.writeString(directory.resolve("password"), "s3cret");
    Map<String, String> keys =
        new HashMap<>(
            Map.of(
                "wxnotify.journal.user",
                "me",
                "wxnotify.journal.password-file",
                password.toString(),
                "wxnotify.journal.retention",
                "never"));
    assertMistakes(keys);
    keys.put("wxnotify.journal.url", "jdbc:sqlite:x.db");
    assertMistakes(keys);
  }

  private void assertMistakes(Map<String, String> keys) {
    assertThatThrownBy(() -> journal(keys))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("wxnotify.journal.user: is for PostgreSQL only")
        .hasMessageContaining("wxnotify.journal.password-file: is for PostgreSQL only")
        .hasMessageContaining("wxnotify.journal.retention: ");
  }
}
