package dev.wxnotify.server.pages;

import dev.wxnotify.server.journal.CursorExpiredException;
import dev.wxnotify.server.journal.EventFeed;
import dev.wxnotify.server.journal.EventPage;
import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.web.EventSink;
import dev.wxnotify.web.EventSource;
import dev.wxnotify.web.ServerSentEvent;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events that come, for one browser.
 *
 * <pre>
 *   where to begin ─▶ read a page ─▶ event, event, … ─▶ full? wait a moment : until there are more
 *                        ▲                                             │
 *                        └─────────────────────────────────────────────┘
 * </pre>
 *
 * <p>The viewer is looked up again with each page and every {@link #LOOK}: the stream of one whose
 * right has ended ends. While the journal is not available the stream stays open, and tries again.
 * A browser that comes again with the cursor of an event gets the next one. Of events that come
 * faster than a page can show them it gets the newest, and how many were left out.
 *
 * <p>It is long because its steps share one state, and each relies on how the others leave it.
 *
 * <p>Concurrency: everything happens in {@link #turn}, one step at a time. No step waits.
 */
final class EventWatch implements EventSource, AutoCloseable {
  /** The most events that are read at once. */
  static final int PAGE = 64;

  /** How far a browser may be behind the newest event before the others are left out. */
  static final int MOST_BEHIND = 8 * PAGE;

  /** The name of a server-sent event that says how many events of all kinds were left out. */
  static final String LEFT_OUT = "left-out";

  /** After a full page, so that a browser that is far behind has time to read. */
  static final Duration AFTER_FULL_PAGE = Duration.ofMillis(100);

  static final Duration BETWEEN_TRIES = Duration.ofSeconds(2);

  /** How often the viewer is looked up at least. */
  static final Duration LOOK = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(EventWatch.class);

  private final EventFeed feed;
  private final String cursor;
  private final Supplier<@Nullable Predicate<StoredEvent>> rights;
  private final Function<EventState, ServerSentEvent> render;
  private final Executor turn;
  private final ScheduledExecutorService timer;

  private @Nullable EventSink sink;
  private long place;
  private boolean over;
  private @Nullable AutoCloseable wait;
  private @Nullable Future<?> pause;
  private @Nullable Future<?> looks;

  /**
   * Prepares it; {@link #open} begins.
   *
   * @param cursor after which event to begin; empty, or one that does not count any more: with what
   *     comes next
   * @param rights returns which events are for the viewer; null once none is
   * @param threads render
   * @param timer runs what is due later
   */
  EventWatch(
      EventFeed feed,
      String cursor,
      Supplier<@Nullable Predicate<StoredEvent>> rights,
      Function<EventState, ServerSentEvent> render,
      Executor threads,
      ScheduledExecutorService timer) {
    this.feed = feed;
    this.cursor = cursor;
    this.rights = rights;
    this.render = render;
    this.turn = new OneAtATime(threads);
    this.timer = timer;
  }

  @Override
  public AutoCloseable open(EventSink opened) {
    step(
        () -> {
          sink = opened;
          looks =
              timer.scheduleAtFixedRate(
                  () -> step(this::look), LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
          begin();
        });
    return this;
  }

  /** Runs a step, unless it is over. */
  private void step(Runnable task) {
    try {
      turn.execute(
          () -> {
            if (!over) {
              runOrEnd(task);
            }
          });
    } catch (RejectedExecutionException e) {
      log.debug("the pages are closed already");
    }
  }

  /** A stream that a fault stopped would look quiet: it ends, and the browser comes again. */
  private void runOrEnd(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("a stream of events failed unexpectedly", e);
      end();
    }
  }

  private void begin() {
    CompletionStage<Long> start =
        cursor.isEmpty()
            ? feed.last()
            : feed.position(cursor).handle(this::startAt).thenCompose(Function.identity());
    var ignored =
        start.whenComplete(
            (position, fault) ->
                step(
                    () -> {
                      if (position == null || fault != null) {
                        pause(this::begin, BETWEEN_TRIES);
                      } else {
                        place = position;
                        read();
                      }
                    }));
  }

  private CompletionStage<Long> startAt(@Nullable Long position, @Nullable Throwable fault) {
    if (position != null) {
      return CompletableFuture.completedStage(position);
    }
    return isRefused(fault == null ? null : cause(fault))
        ? feed.last()
        : CompletableFuture.failedStage(fault == null ? new IllegalStateException() : fault);
  }

  /** Tells whether a cursor is none, or not one of this journal: it never will be. */
  private static boolean isRefused(@Nullable Throwable fault) {
    return fault instanceof IllegalArgumentException || fault instanceof CursorExpiredException;
  }

  private static Throwable cause(Throwable fault) {
    Throwable cause = fault.getCause();
    return fault instanceof CompletionException && cause != null ? cause : fault;
  }

  private void read() {
    var ignored =
        feed.read(place, PAGE).whenComplete((page, fault) -> step(() -> arrived(page, fault)));
  }

  private void arrived(@Nullable EventPage page, @Nullable Throwable fault) {
    if (fault != null && cause(fault) instanceof CursorExpiredException) {
      fromNowOn();
    } else if (page == null || fault != null) {
      pause(this::read, BETWEEN_TRIES);
    } else if (send(page)) {
      place = page.through();
      if (page.events().size() >= PAGE) {
        pause(this::catchUp, AFTER_FULL_PAGE);
      } else {
        wait = feed.whenAfter(place, () -> step(this::woken));
      }
    }
  }

  /**
   * Leaves out what a person cannot read: events that come faster than they are sent would be shown
   * later and later.
   */
  private void catchUp() {
    var ignored = feed.last().whenComplete((last, fault) -> step(() -> catchUpWith(last)));
  }

  private void catchUpWith(@Nullable Long last) {
    if (last == null || last - place <= MOST_BEHIND) {
      read();
      return;
    }
    String left = Long.toString(last - PAGE - place);
    place = last - PAGE;
    if (sink != null && sink.send(new ServerSentEvent("", LEFT_OUT, left))) {
      read();
    } else {
      close();
    }
  }

  /** Events after the place are no longer kept: the rest of them would be out of context. */
  private void fromNowOn() {
    var ignored =
        feed.last()
            .whenComplete(
                (position, fault) ->
                    step(
                        () -> {
                          if (position != null) {
                            place = position;
                          }
                          pause(this::read, BETWEEN_TRIES);
                        }));
  }

  private void woken() {
    wait = null;
    read();
  }

  /** Sends what is for the viewer; returns whether the stream goes on. */
  private boolean send(EventPage page) {
    EventSink to = sink;
    Predicate<StoredEvent> isVisible = rights.get();
    if (to == null || isVisible == null) {
      end();
      return false;
    }
    for (StoredEvent each : page.events()) {
      if (isVisible.test(each)
          && !to.send(render.apply(new EventState(feed.cursor(each.position()), each)))) {
        close(); // The browser is too slow, or gone.
        return false;
      }
    }
    return true;
  }

  private void look() {
    if (rights.get() == null) {
      end();
    }
  }

  private void pause(Runnable next, Duration time) {
    pause = timer.schedule(() -> step(next), time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The viewer's right has ended. */
  private void end() {
    EventSink to = sink;
    stop();
    if (to != null) {
      to.close();
    }
  }

  /** The browser is gone, or the server stops. */
  @Override
  public void close() {
    step(this::stop);
  }

  private void stop() {
    over = true;
    cancel(pause);
    cancel(looks);
    if (wait != null) {
      try {
        wait.close();
      } catch (Exception e) {
        log.error("a stream of events could not be withdrawn from the journal", e);
      }
    }
  }

  private static void cancel(@Nullable Future<?> task) {
    if (task != null) {
      task.cancel(false);
    }
  }
}
