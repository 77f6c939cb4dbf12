package dev.wxnotify.server.pages;

import dev.wxnotify.server.journal.CursorExpiredException;
import dev.wxnotify.server.journal.EventFeed;
import dev.wxnotify.server.journal.EventPage;
import dev.wxnotify.server.journal.JournalUnavailableException;
import dev.wxnotify.server.journal.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** Waits for the journal, on a thread of the pages. */
final class JournalLooks {
  /** How long a page waits; less than its browser does. */
  static final Duration LONGEST = Duration.ofSeconds(5);

  /** How many events back the newest ones of an app are looked for. */
  static final int LOOKED_AT = 200;

  private final EventFeed feed;

  JournalLooks(EventFeed feed) {
    this.feed = feed;
  }

  /**
   * Returns what the journal answers.
   *
   * @throws JournalUnavailableException if it cannot be read, or is too slow
   */
  <T> T await(CompletionStage<T> answer) {
    try {
      return answer.toCompletableFuture().get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException why) {
        throw why;
      }
      throw new JournalUnavailableException("the journal failed", e.getCause());
    } catch (TimeoutException e) {
      throw new JournalUnavailableException(
          "the journal did not answer within " + LONGEST.toSeconds() + " s", null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JournalUnavailableException("the server is stopping", null);
    }
  }

  /** Returns the newest events, at most {@code most} of those that pass. */
  EventList recentEvents(int most, Predicate<StoredEvent> passes) {
    long last = await(feed.last());
    EventPage page = before(last);
    List<EventState> found =
        page.events().stream()
            .filter(passes)
            .map(event -> new EventState(feed.cursor(event.position()), event))
            .toList();
    return new EventList(
        found.subList(Math.max(0, found.size() - most), found.size()), feed.cursor(page.through()));
  }

  private EventPage before(long last) {
    long place = Math.max(0, last - LOOKED_AT);
    try {
      return await(feed.read(place, LOOKED_AT));
    } catch (CursorExpiredException e) { // Some of them are no longer kept.
      return await(feed.read(Math.max(place, await(feed.before(Instant.EPOCH))), LOOKED_AT));
    }
  }
}
