package dev.wxnotify.server.jdbc;

import static dev.wxnotify.server.journal.JournalSamples.T0;
import static dev.wxnotify.server.journal.JournalSamples.accepted;
import static dev.wxnotify.server.journal.JournalSamples.all;

import dev.wxnotify.server.journal.JournalStore;
import java.util.List;

/** What tests of stores do with them. */
final class Journals {
  private Journals() {}

  static JournalStore open(String url) {
    JournalStore store =
        new JdbcJournalStore(url, url.contains("postgres") ? "postgres" : null, null);
    store.open();
    return store;
  }

  /** Adds one message, which a list shows. */
  static void add(JournalStore store, String requestId) {
    store.messages().add(List.of(accepted("", requestId, T0)));
  }

  /** Returns the request ids of all messages, sorted. */
  static List<String> requestIds(JournalStore store) {
    return store.messages().list(all(1_000)).stream()
        .map(entry -> entry.message().requestId())
        .sorted()
        .toList();
  }

  /** Tells whether a call succeeds; false where the journal is unavailable. */
  static boolean succeeds(Runnable call) {
    try {
      call.run();
      return true;
    } catch (dev.wxnotify.server.journal.JournalUnavailableException e) {
      return false;
    }
  }
}
