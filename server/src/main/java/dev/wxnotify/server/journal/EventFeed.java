package dev.wxnotify.server.journal;

import java.time.Instant;
import java.util.concurrent.CompletionStage;

/**
 * Reads events, page by page. The stages fail with {@link JournalUnavailableException} where the
 * store cannot be read. Never blocks.
 */
public interface EventFeed {
  /** Returns the position of the newest visible event. */
  CompletionStage<Long> last();

  /**
   * Returns the position to read after so that no event received at {@code time} or later lacks.
   */
  CompletionStage<Long> before(Instant time);

  /**
   * Returns the position that a cursor names. The stage fails with {@link IllegalArgumentException}
   * for a text that is no cursor, and with {@link CursorExpiredException} for one of another
   * journal.
   */
  CompletionStage<Long> position(String cursor);

  /** Returns the cursor that names a position; only after a stage of this feed has completed. */
  String cursor(long position);

  /**
   * Returns events after a position. The stage fails with {@link CursorExpiredException} if events
   * after it are no longer kept.
   *
   * @param limit the most events
   */
  CompletionStage<EventPage> read(long position, int limit);

  /**
   * Runs a task once, when there may be events after a position, which may be at once; on a thread
   * of the journal, which it must not block.
   *
   * @return what withdraws the task
   */
  AutoCloseable whenAfter(long position, Runnable task);
}
