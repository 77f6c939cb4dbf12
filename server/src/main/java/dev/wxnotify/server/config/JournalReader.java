package dev.wxnotify.server.config;

import java.util.List;
import java.util.Optional;

/** Reads where the journal is kept. */
final class JournalReader {
  private final Reading reading;

  JournalReader(Reading reading) {
    this.reading = reading;
  }

  JournalSettings read() {
    Optional<String> url = reading.find(JournalKeys.URL);
    Optional<String> user = reading.find(JournalKeys.USER_NAME);
    Optional<SecretFile> password = reading.find(JournalKeys.PASSWORD_FILE);
    boolean isPostgres = url.isPresent() && url.get().startsWith(JournalKeys.POSTGRESQL);
    for (Key<?> key : List.of(JournalKeys.USER_NAME, JournalKeys.PASSWORD_FILE)) {
      boolean isUrlWrong = url.isEmpty() && reading.has(JournalKeys.URL);
      if (reading.has(key) && !isPostgres && !isUrlWrong) {
        reading.mistake(
            key,
            "is for PostgreSQL only (expected: "
                + JournalKeys.URL.name()
                + " = jdbc:postgresql://host:port/database)");
      }
    }
    return new JournalSettings(
        url.orElse(null),
        user.orElse(null),
        password.map(SecretFile::path).orElse(null),
        reading.get(JournalKeys.RETENTION));
  }
}
