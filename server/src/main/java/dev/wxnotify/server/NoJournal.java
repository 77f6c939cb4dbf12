package dev.wxnotify.server;

import dev.wxnotify.server.grpc.JournalPorts;
import dev.wxnotify.server.journal.EventFeed;
import dev.wxnotify.server.journal.EventPage;
import dev.wxnotify.server.journal.JournalUnavailableException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Stands in until the server has a journal: everything is unavailable. */
final class NoJournal implements EventFeed {
  private NoJournal() {}

  static JournalPorts ports() {
    NoJournal none = new NoJournal();
    return new JournalPorts(
        new dev.wxnotify.server.journal.MessageLookup() {
          @Override
          public CompletionStage<java.util.Optional<dev.wxnotify.server.journal.JournalEntry>>
              findByMessageId(dev.wxnotify.server.journal.Scope scope, String messageId) {
            return unavailable();
          }

          @Override
          public CompletionStage<java.util.Optional<dev.wxnotify.server.journal.JournalEntry>>
              findByRequestId(dev.wxnotify.server.journal.Scope scope, String requestId) {
            return unavailable();
          }

          @Override
          public CompletionStage<java.util.List<dev.wxnotify.server.journal.JournalEntry>> list(
              dev.wxnotify.server.journal.MessageQuery query) {
            return unavailable();
          }
        },
        none,
        events -> unavailable(),
        (appId, openId, templateIds) -> unavailable(),
        (appId, query, body) -> unavailable());
  }

  private static <T> CompletableFuture<T> unavailable() {
    return CompletableFuture.failedFuture(
        new JournalUnavailableException("this server has no journal", null));
  }

  @Override
  public CompletionStage<Long> last() {
    return unavailable();
  }

  @Override
  public CompletionStage<Long> before(Instant time) {
    return unavailable();
  }

  @Override
  public CompletionStage<Long> position(String cursor) {
    return unavailable();
  }

  @Override
  public String cursor(long position) {
    return "";
  }

  @Override
  public CompletionStage<EventPage> read(long position, int limit) {
    return unavailable();
  }

  @Override
  public AutoCloseable whenAfter(long position, Runnable task) {
    return () -> {};
  }
}
