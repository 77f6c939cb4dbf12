package dev.wxnotify.server.template;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.server.template.TemplateSource.Answer;
import dev.wxnotify.server.template.TemplateSource.Failure;
import dev.wxnotify.server.template.TemplateSource.Fetched;
import dev.wxnotify.server.template.TemplateSource.Unavailable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The templates of one app: fetched in the background, looked at by every message.
 *
 * <pre>
 *   time ─▶     start        first answer         10 min      40037, 47003       refresh
 *   list        none         L1                   L1          L2                 L3
 *   messages    unchecked    checked by L1        by L1       by L2              by L3
 *   fetch       begins       ends: L1             begins,     begins, at most    begins, at most
 *                                                 ends: L2    once a minute      once in 5 s
 *   it fails    the last list stays, however old; without one, messages stay unchecked, and the
 *               next fetch begins after a minute
 * </pre>
 *
 * <p>At most one fetch is under way. What asks for one meanwhile gets the end of that one. No
 * message ever waits for a fetch.
 *
 * <p>Concurrency: messages read one volatile field and take no lock. The fetch and the times that
 * limit it change under {@link #lock}; the fetch itself runs outside of it, and so does what waits
 * for its end.
 */
public final class TemplateList implements AutoCloseable {
  /** How often the list is fetched, whatever happens. */
  static final Duration PERIOD = Duration.ofMinutes(10);

  /** How often at most because WeChat refuses messages. */
  static final Duration AFTER_REFUSAL = Duration.ofMinutes(1);

  /** How long after a failure the next fetch begins while no list is known. */
  static final Duration WITHOUT_LIST = Duration.ofMinutes(1);

  /** How often at most because somebody asks for it. */
  public static final Duration BETWEEN_REFRESHES = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(TemplateList.class);

  private final String appId;
  private final TemplateSource source;
  private final boolean checks;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final ScheduledExecutorService timer;
  private final FetchReports reports;

  private final Object lock = new Object();
  private volatile @Nullable FetchedTemplates current;

  /** Why the last fetch failed; null if it did not. */
  private volatile @Nullable Failure trouble;

  /** Read without the lock first, since a campaign may be refused a thousand times a second. */
  private volatile long refusalsCountFrom;

  @GuardedBy("lock")
  private @Nullable CompletableFuture<Answer> fetch;

  @GuardedBy("lock")
  private long refreshesCountFrom;

  @GuardedBy("lock")
  private @Nullable ScheduledFuture<?> periodic;

  @GuardedBy("lock")
  private boolean closed;

  /**
   * Creates an empty list; {@link #start} begins to fetch it.
   *
   * @param appId the app, for the log
   * @param checks whether messages are checked by the list
   * @param clock the time of day
   * @param nanoClock the time by which fetches are limited, as {@link System#nanoTime}
   * @param timer starts fetches; it must not run tasks on the thread that schedules them
   * @param listener hears what comes of fetches
   */
  public TemplateList(
      String appId,
      TemplateSource source,
      boolean checks,
      InstantSource clock,
      LongSupplier nanoClock,
      ScheduledExecutorService timer,
      TemplateListener listener) {
    this.appId = appId;
    this.source = source;
    this.checks = checks;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.timer = timer;
    this.reports = new FetchReports(appId, listener);
    this.refusalsCountFrom = nanoClock.getAsLong();
    this.refreshesCountFrom = refusalsCountFrom;
  }

  /** Begins the first fetch, and then one in every ten minutes. */
  public void start() {
    synchronized (lock) {
      if (closed || periodic != null) {
        return;
      }
      periodic =
          timer.scheduleWithFixedDelay(
              this::fetchInBackground, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Returns the last list; null where none was ever received. */
  public @Nullable FetchedTemplates current() {
    return current;
  }

  /** Returns why the last fetch failed; null if it did not, or there was none. */
  public @Nullable Failure trouble() {
    return trouble;
  }

  /**
   * Asks WeChat first, at most once in five seconds.
   *
   * @return completes with the last list, normally; empty where none was ever received. The future
   *     is the caller's own: to cancel it ends nobody else's wait
   */
  public CompletableFuture<Optional<FetchedTemplates>> refresh() {
    CompletableFuture<Answer> awaited;
    boolean begin = false;
    synchronized (lock) {
      awaited = fetch;
      long now = nanoClock.getAsLong();
      if (awaited == null && !closed && now - refreshesCountFrom >= 0) {
        refreshesCountFrom = now + BETWEEN_REFRESHES.toNanos();
        awaited = new CompletableFuture<>();
        fetch = awaited;
        begin = true;
      }
    }
    if (awaited == null) {
      return CompletableFuture.completedFuture(Optional.ofNullable(current));
    }
    CompletableFuture<Optional<FetchedTemplates>> mine =
        awaited.thenApply(answer -> Optional.ofNullable(current));
    if (begin) {
      run(awaited);
    }
    return mine;
  }

  /**
   * Says that WeChat refused a message because of its template: the list may be out of date. It
   * only ever starts a fetch, at most once a minute.
   */
  public void refused() {
    if (nanoClock.getAsLong() - refusalsCountFrom < 0) {
      return;
    }
    synchronized (lock) {
      long now = nanoClock.getAsLong();
      if (closed || fetch != null || now - refusalsCountFrom < 0) {
        return;
      }
      refusalsCountFrom = now + AFTER_REFUSAL.toNanos();
    }
    try {
      timer.execute(this::fetchInBackground);
    } catch (RejectedExecutionException e) {
      log.debug("app {}: the timer has stopped", appId, e);
    }
  }

  /**
   * Returns what the template says against the data of a message; empty where nothing is known of
   * it. It costs a look-up and a walk through the template's keywords.
   */
  public List<Violation> check(String templateId, Map<String, String> data) {
    FetchedTemplates known = current;
    Template template = known == null || !checks ? null : known.find(templateId);
    return template == null ? List.of() : template.check(data);
  }

  /**
   * Returns why flash-sale reminders cannot be sent with the template that is configured for them;
   * empty if they can, or nothing is known.
   */
  public Optional<String> unfitFor(SeckillTemplate seckill) {
    FetchedTemplates known = current;
    if (known == null || !checks || seckill.templateId().isEmpty()) {
      return Optional.empty();
    }
    Template template = known.find(seckill.templateId());
    Optional<String> why =
        template == null
            ? Optional.of("is not in WeChat's list of the app's templates")
            : template.unfitFor(seckill);
    return why.map(text -> "the flash-sale template " + seckill.templateId() + " " + text);
  }

  private void fetchInBackground() {
    CompletableFuture<Answer> mine;
    synchronized (lock) {
      if (closed || fetch != null) {
        return;
      }
      mine = new CompletableFuture<>();
      fetch = mine;
    }
    run(mine);
  }

  private void run(CompletableFuture<Answer> mine) {
    CompletionStage<Answer> asked;
    try {
      asked = source.fetch();
    } catch (RuntimeException | Error fault) {
      asked = CompletableFuture.completedFuture(broken(fault));
    }
    var ignored =
        asked.whenComplete((answer, fault) -> finish(mine, fault == null ? answer : broken(fault)));
  }

  /** Names the kind only: the text of a stray exception may hold a URL, and that the token. */
  private static Unavailable broken(Throwable fault) {
    return new Unavailable("the templates could not be read: " + fault.getClass().getName());
  }

  private void finish(CompletableFuture<Answer> mine, Answer answer) {
    FetchedTemplates known = current;
    Failure before = trouble;
    boolean isClosed;
    synchronized (lock) {
      isClosed = closed;
      fetch = null;
      if (answer instanceof Fetched fetched) {
        current = new FetchedTemplates(fetched.templates(), clock.instant());
      }
      trouble = answer instanceof Failure failure ? failure : null;
    }
    if (!isClosed) { // Else it is the stop that broke the call.
      reports.add(answer, known != null, before);
      if (known == null && answer instanceof Failure) {
        fetchSoon();
      }
    }
    mine.complete(answer);
  }

  /** Without a list nothing is checked, so the next fetch does not wait for its turn. */
  private void fetchSoon() {
    try {
      var ignored =
          timer.schedule(this::fetchIfUnknown, WITHOUT_LIST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("app {}: the timer has stopped", appId, e);
    }
  }

  private void fetchIfUnknown() {
    if (current == null) {
      fetchInBackground();
    }
  }

  /** Fetches no more. Whoever waits for a fetch gets the last list. */
  @Override
  public void close() {
    CompletableFuture<Answer> waiting;
    synchronized (lock) {
      closed = true;
      waiting = fetch;
      if (periodic != null) {
        periodic.cancel(false);
      }
    }
    if (waiting != null) {
      waiting.complete(new Unavailable("the server is stopping"));
    }
  }
}
