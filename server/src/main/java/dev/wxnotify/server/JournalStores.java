package dev.wxnotify.server;

import dev.wxnotify.server.config.JournalSettings;
import dev.wxnotify.server.jdbc.JdbcJournalStore;
import dev.wxnotify.server.journal.InMemoryJournalStore;
import dev.wxnotify.server.journal.JournalStore;
import java.time.InstantSource;

/** Makes the store that the settings name. */
final class JournalStores {
  /** How many messages and events a journal in memory keeps. */
  private static final int IN_MEMORY = 10_000;

  private JournalStores() {}

  /** Returns the word for where a journal is kept. */
  static String kind(JournalSettings settings) {
    if (settings.url() == null) {
      return "memory";
    }
    return settings.url().startsWith("jdbc:sqlite:") ? "sqlite" : "postgresql";
  }

  static JournalStore make(JournalSettings settings, InstantSource clock) {
    if (settings.url() == null) {
      return new InMemoryJournalStore(IN_MEMORY, clock);
    }
    return new JdbcJournalStore(settings.url(), settings.user(), settings.passwordFile());
  }
}
