package dev.wxnotify.server.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the journal is kept, and for how long.
 *
 * @param url a JDBC URL of SQLite or PostgreSQL, without a password; null for this process's memory
 * @param user the user of the database; null for the driver's default, or where none is needed
 * @param passwordFile the file of that user's password; null for none
 * @param retention how long messages and events are kept
 */
public record JournalSettings(
    @Nullable String url, @Nullable String user, @Nullable Path passwordFile, Duration retention) {

  /** Never contains the URL, in which a secret may be. */
  @Override
  public String toString() {
    return "JournalSettings[" + (url == null ? "memory" : "database") + ", " + retention + "]";
  }
}
