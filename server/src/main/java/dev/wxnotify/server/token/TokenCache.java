package dev.wxnotify.server.token;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token of one app, for any number of callers.
 *
 * <pre>
 *   time ─▶       FRESH                     STALE                    EXPIRED
 *   callers       get the token at once     get the token at once    wait for the renewal
 *   renewal       none                      one, in the background   the same one, and one only
 *   it fails      -                         the token lives on;      all who wait share the failure;
 *                                           again after a pause      the next try is after a pause
 *   WeChat says   the token is dropped, if it is still the current one: callers wait for the renewal
 *   40001
 * </pre>
 *
 * <p>A renewal asks WeChat for a token, or reads again the one that another system keeps.
 *
 * <p>Concurrency: callers with a usable token read one volatile field and take no lock. Everything
 * else changes under {@link #lock}; the renewal itself runs outside of it, and so do the callers
 * that wait for it.
 *
 * <p>It is long because one lock guards the token and its renewal, and every change under it is
 * here.
 */
public final class TokenCache implements AutoCloseable {
  /** How often an operator may have the token refreshed. */
  private static final int REFRESHES = 10;

  /** How often other systems may report that WeChat refused the token. */
  private static final int REPORTS = 10;

  private static final Duration REFRESHES_WINDOW = Duration.ofHours(1);

  private static final Logger log = LoggerFactory.getLogger(TokenCache.class);

  private final String appId;
  private final TokenSource source;
  private final Renewal renewals;
  private final TokenStore store;
  private final TokenPolicy policy;
  private final InstantSource clock;
  private final ScheduledExecutorService timer;
  private final TokenListener listener;

  private final Object lock = new Object();
  private volatile @Nullable Current current;

  @GuardedBy("lock")
  private @Nullable CompletableFuture<TokenResult> renewal;

  @GuardedBy("lock")
  private @Nullable ScheduledFuture<?> nextRenewal;

  @GuardedBy("lock")
  private final FailurePause pause;

  @GuardedBy("lock")
  private final Rejections rejections = new Rejections();

  /** What an operator may spend of the budget of token calls. */
  @GuardedBy("lock")
  private final FetchBudget refreshes = new FetchBudget(REFRESHES, REFRESHES_WINDOW);

  /** What other systems may spend of it. */
  @GuardedBy("lock")
  private final FetchBudget reports = new FetchBudget(REPORTS, REFRESHES_WINDOW);

  /** The last failure that the log has; null since the last success. */
  @GuardedBy("lock")
  private IssueResult.@Nullable Failure logged;

  @GuardedBy("lock")
  private boolean closed;

  /** The token, its times, and the one completed future that all callers get. */
  private record Current(
      AccessToken token,
      boolean isShared,
      TokenPolicy.Lifetime lifetime,
      CompletableFuture<TokenResult> ready) {
    Current(AccessToken token, boolean isShared, TokenPolicy.Lifetime lifetime) {
      this(token, isShared, lifetime, CompletableFuture.completedFuture(token));
    }
  }

  /**
   * Creates an empty cache; the first caller, or {@link #warmUp}, fills it.
   *
   * @param appId the app, for the log
   * @param callsPerHour the most token calls of any hour, whatever goes wrong
   * @param timer runs what is due later; it must not run tasks on the thread that schedules them
   * @param random numbers from 0 (inclusive) to 1 (exclusive), for the jitter of pauses
   * @param listener hears what happens to the token
   */
  public TokenCache(
      String appId,
      TokenIssuer issuer,
      TokenStore store,
      TokenPolicy policy,
      int callsPerHour,
      InstantSource clock,
      ScheduledExecutorService timer,
      DoubleSupplier random,
      TokenListener listener) {
    this.appId = appId;
    this.source = TokenSource.WECHAT;
    this.listener = new GuardedTokenListener(listener);
    this.renewals =
        new TokenFetch(
            appId,
            issuer,
            store,
            clock,
            delay ->
                task -> {
                  var ignored = timer.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
                },
            callsPerHour,
            this.listener);
    this.store = store;
    this.policy = policy;
    this.clock = clock;
    this.timer = timer;
    this.pause = new FailurePause(new Backoff(random));
  }

  private TokenCache(
      String appId,
      TokenSource source,
      Renewal renewals,
      InstantSource clock,
      ScheduledExecutorService timer,
      Backoff backoff,
      TokenListener listener) {
    this.appId = appId;
    this.source = source;
    this.renewals = renewals;
    this.store = TokenStore.NONE;
    this.policy = TokenPolicy.DEFAULT;
    this.clock = clock;
    this.timer = timer;
    this.pause = new FailurePause(backoff);
    this.listener = listener;
  }

  /**
   * Creates an empty cache of a token that another system obtains and renews. It is only read: no
   * token call is made, and nothing is stored.
   *
   * @param source where it is read, as {@link #source} reports
   * @param longestPause the longest pause after a failure to read it
   * @param callsPerHour the budget of token calls, of which nothing is spent
   */
  public static TokenCache reading(
      String appId,
      TokenSource source,
      TokenReader reader,
      Duration longestPause,
      int callsPerHour,
      InstantSource clock,
      ScheduledExecutorService timer,
      DoubleSupplier random,
      TokenListener listener) {
    TokenListener guarded = new GuardedTokenListener(listener);
    return new TokenCache(
        appId,
        source,
        new SourceReading(appId, source, reader, callsPerHour, clock, guarded),
        clock,
        timer,
        new Backoff(random, longestPause),
        guarded);
  }

  /**
   * Creates the cache of an app that needs no token: it always has one, which is presented in no
   * request.
   *
   * @param callsPerHour the budget of token calls, of which nothing is spent
   */
  public static TokenCache notNeeded(
      String appId, int callsPerHour, InstantSource clock, ScheduledExecutorService timer) {
    TokenCache cache =
        reading(
            appId,
            TokenSource.NONE,
            () -> {
              throw new AssertionError("a token that is not needed never ends");
            },
            Duration.ZERO,
            callsPerHour,
            clock,
            timer,
            () -> 0,
            TokenListener.NONE);
    cache.current =
        new Current(
            AccessToken.notNeeded(appId, clock.instant()),
            false,
            new TokenPolicy.Lifetime(Instant.MAX, Instant.MAX));
    return cache;
  }

  /** Returns where the token comes from. */
  public TokenSource source() {
    return source;
  }

  /** Fetches the token if there is none, so that the first send does not wait for it. */
  public void warmUp() {
    var ignored = acquire();
  }

  /**
   * Returns the token. The future is complete at once while the token is usable; else it completes
   * with the renewal, normally, with a {@link NoToken} where that fails. A future that waits is the
   * caller's own: to cancel it, or to let it time out, ends nobody else's wait.
   */
  public CompletableFuture<TokenResult> acquire() {
    Current usable = current;
    if (usable == null) {
      return renew().copy();
    }
    switch (usable.lifetime.at(clock.instant())) {
      case FRESH -> {
        return usable.ready;
      }
      case STALE -> {
        var ignored = renew();
        return usable.ready;
      }
      case EXPIRED -> {
        return renew().copy();
      }
    }
    throw new AssertionError();
  }

  /**
   * Says that WeChat no longer takes {@code token}. It is dropped if it is still the current one; a
   * token that has been replaced meanwhile changes nothing.
   *
   * @return whether it was dropped
   */
  @CanIgnoreReturnValue
  public boolean reject(AccessToken token) {
    synchronized (lock) {
      Current usable = current;
      if (usable == null || !usable.token.isSameAs(token) || source == TokenSource.NONE) {
        return false;
      }
      Instant now = clock.instant();
      if (!rejections.add(token, now)) {
        rejections
            .complaint(now)
            .ifPresent(
                most ->
                    log.error(
                        "app {}: WeChat rejects every token that {};"
                            + " renewals are limited to {}",
                        appId,
                        source.isForeign() ? "its source has" : "it issues",
                        most));
        return false;
      }
      current = null;
    }
    log.info("app {}: WeChat rejected {}", appId, token);
    listener.rejected(appId);
    var ignored = store.discard(token);
    return true;
  }

  /**
   * Says for another system that WeChat refused the token of this name.
   *
   * @param fingerprint as {@link AccessToken#fingerprint}
   */
  public Report report(String fingerprint) {
    Current usable = current;
    if (usable == null
        || source == TokenSource.NONE
        || !usable.token.fingerprint().equals(fingerprint)) {
      return new Report.OfOtherToken();
    }
    synchronized (lock) {
      Instant now = clock.instant();
      if (!reports.trySpend(now)) {
        return new Report.TooOften(reports.untilNext(now));
      }
    }
    if (reject(usable.token)) {
      return new Report.Renewed(acquire());
    }
    Current now = current;
    if (now == null || !now.token.isSameAs(usable.token)) {
      return new Report.OfOtherToken(); // Another was faster.
    }
    synchronized (lock) {
      return new Report.TooOften(rejections.untilNext(clock.instant()));
    }
  }

  /**
   * Says that something has changed that may clear a failure: the pause after one is over. Without
   * a failure nothing happens, and a token that lives lives on.
   */
  public void tryAgain() {
    synchronized (lock) {
      if (pause.tryAgain(renewal != null)) {
        renewAt(clock.instant());
      }
    }
  }

  /** Returns how the token stands. */
  public TokenStatus status() {
    if (source == TokenSource.NONE) {
      return new TokenStatus(
          null, null, null, renewals.callsLeft(), null, false, "", null, source, null);
    }
    Current usable = current;
    FailurePause.Current trouble;
    synchronized (lock) {
      trouble = pause.current();
    }
    return new TokenStatus(
        usable == null ? null : usable.token.receivedAt(),
        usable == null ? null : usable.token.expiresAt(),
        trouble == null ? null : trouble.failure(),
        renewals.callsLeft(),
        usable == null ? null : usable.lifetime.at(clock.instant()),
        usable != null && usable.isShared,
        usable == null ? "" : usable.token.fingerprint(),
        trouble == null ? null : trouble.until(),
        source,
        usable == null ? null : usableUntil(usable));
  }

  /** A token of WeChat's is given up a little earlier than it ends, which is not told here. */
  private Instant usableUntil(Current usable) {
    return source.isForeign() ? usable.lifetime.unusableAt() : usable.token.expiresAt();
  }

  /**
   * Asks WeChat, or whoever keeps the token, for it now, whatever the store holds and whatever
   * failed a moment ago: what an operator wants. A renewal that is under way serves as well.
   *
   * @return what comes of it, as from {@link #acquire}; empty where this was done too often
   */
  public Optional<CompletableFuture<TokenResult>> refresh() {
    CompletableFuture<TokenResult> mine;
    synchronized (lock) {
      if (closed) {
        return Optional.of(CompletableFuture.completedFuture(closedResult()));
      }
      if (renewal != null) {
        return Optional.of(renewal.copy());
      }
      Current usable = current;
      if (usable != null && source == TokenSource.NONE) {
        return Optional.of(usable.ready.copy());
      }
      if (!refreshes.trySpend(clock.instant())) {
        return Optional.empty();
      }
      mine = new CompletableFuture<>();
      renewal = mine;
    }
    runFetch(mine, shared -> false);
    return Optional.of(mine.copy());
  }

  /** Stops renewals. Whoever waits for one gets a {@link NoToken}. */
  @Override
  public void close() {
    CompletableFuture<TokenResult> waiting;
    synchronized (lock) {
      closed = true;
      waiting = renewal;
      if (nextRenewal != null) {
        nextRenewal.cancel(false);
      }
    }
    store.close();
    if (waiting != null) {
      waiting.complete(closedResult());
    }
  }

  private boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  private static NoToken closedResult() {
    return new NoToken(
        new IssueResult.Unavailable("the server is stopping, or no longer has the app"),
        Duration.ZERO);
  }

  private CompletableFuture<TokenResult> renew() {
    CompletableFuture<TokenResult> mine;
    synchronized (lock) {
      if (renewal != null) {
        return renewal;
      }
      if (closed) {
        return CompletableFuture.completedFuture(closedResult());
      }
      Instant now = clock.instant();
      Current usable = current;
      if (usable != null && usable.lifetime.at(now) == Freshness.FRESH) {
        return usable.ready;
      }
      NoToken paused = pause.answer(now);
      if (paused != null) {
        return CompletableFuture.completedFuture(paused);
      }
      mine = new CompletableFuture<>();
      renewal = mine;
    }
    runFetch(mine, this::isGoodEnough);
    return mine;
  }

  private void runFetch(CompletableFuture<TokenResult> mine, Predicate<AccessToken> goodEnough) {
    AccessToken known;
    synchronized (lock) {
      known = rejections.last();
    }
    var ignored =
        renewals
            .run(known, goodEnough)
            .whenComplete(
                (result, fault) ->
                    finish(
                        mine,
                        goodEnough,
                        known,
                        fault == null ? result : Renewal.Result.of(broken(fault))));
  }

  /** Names the kind only: the text of a stray exception may hold a URL, and that the AppSecret. */
  private static IssueResult.Unavailable broken(Throwable fault) {
    Throwable cause = fault.getCause();
    return new IssueResult.Unavailable(
        "token renewal failed: "
            + (fault instanceof CompletionException && cause != null ? cause : fault)
                .getClass()
                .getName());
  }

  /**
   * A stale token of the store is good enough for a cache that has none: it is renewed in the
   * background then. An older one than the cache has is not: it would not be adopted.
   */
  private boolean isGoodEnough(AccessToken token) {
    Instant now = clock.instant();
    Current usable = current;
    return switch (policy.freshness(token, now)) {
      case FRESH -> !isOlder(token, usable);
      case STALE -> usable == null || usable.lifetime.at(now) == Freshness.EXPIRED;
      case EXPIRED -> false;
    };
  }

  private void finish(
      CompletableFuture<TokenResult> mine,
      Predicate<AccessToken> goodEnough,
      @Nullable AccessToken rejectedAtStart,
      Renewal.Result result) {
    AccessToken token = result.token();
    TokenResult answer;
    boolean isNews;
    synchronized (lock) {
      Current before = current;
      AccessToken no = rejections.last();
      boolean rejectedOnItsWay =
          token != null && no != null && !no.equals(rejectedAtStart) && token.isSameAs(no);
      if (rejectedOnItsWay && !closed) {
        answer = null; // Once more, knowing that.
      } else if (token != null && !rejectedOnItsWay) {
        answer = adopt(token, result);
        renewal = null;
      } else {
        answer = pauseAfter(result.failure());
        renewal = null;
      }
      isNews = isNews(answer, before);
    }
    if (answer == null) {
      runFetch(mine, goodEnough);
      return;
    }
    if (!isNews) {
      log.trace("app {}: nothing new", appId);
    } else if (answer instanceof NoToken none) {
      if (!isClosed()) { // Else it is the stop that broke the call.
        log.warn(
            "app {}: {}; next attempt in {}",
            appId,
            none.refusal().explanation(),
            none.retryAfter());
      }
    } else {
      log.info("app {}: using {}", appId, answer);
    }
    mine.complete(answer);
  }

  /** What is read again and again is logged when it changes. */
  @GuardedBy("lock")
  private boolean isNews(@Nullable TokenResult answer, @Nullable Current before) {
    if (!source.isForeign()) {
      return true;
    }
    IssueResult.Failure told = logged;
    logged = answer instanceof NoToken none ? none.refusal() : null;
    return answer instanceof AccessToken token
        ? told != null || before == null || !before.token.isSameAs(token)
        : !Objects.equals(told, logged);
  }

  /**
   * An older token never replaces a newer one, and one that is over is of no use to anybody: both
   * count as failures, since asking again at once would bring the same.
   */
  @GuardedBy("lock")
  private TokenResult adopt(AccessToken token, Renewal.Result result) {
    if (!source.isForeign() && isOlder(token, current)) {
      return pauseAfter(
          new IssueResult.Unavailable("the token offered expires before the current one"));
    }
    TokenPolicy.Lifetime own = result.lifetime();
    TokenPolicy.Lifetime lifetime = own == null ? policy.lifetimeOf(token) : own;
    if (lifetime.at(clock.instant()) == Freshness.EXPIRED) {
      return pauseAfter(new IssueResult.Unavailable("the token arrived too late to be used"));
    }
    pause.end();
    if (!source.isForeign()) { // There it is watched until its source has another one.
      rejections.clear(token);
    }
    current = new Current(token, result.isShared(), lifetime);
    renewAt(lifetime.staleAt());
    return token;
  }

  /**
   * The same token is never older, even if it ends a little earlier than we thought: the last word
   * on its life counts, and lets its margins shrink.
   */
  private static boolean isOlder(AccessToken token, @Nullable Current than) {
    return than != null && !than.token.isSameAs(token) && than.token.isNewerThan(token);
  }

  @GuardedBy("lock")
  private NoToken pauseAfter(IssueResult.@Nullable Failure failure) {
    IssueResult.Failure why =
        failure == null ? new IssueResult.Unavailable("no token and no reason") : failure;
    Instant now = clock.instant();
    NoToken answer = pause.begin(why, now);
    Instant until = now.plus(answer.retryAfter());
    Current usable = current;
    Instant stale = usable == null ? until : usable.lifetime.staleAt();
    renewAt(stale.isAfter(until) ? stale : until);
    return answer;
  }

  /** Renews without waiting for a caller, so that a quiet app has a token too, and heals. */
  @GuardedBy("lock")
  private void renewAt(Instant when) {
    if (nextRenewal != null) {
      nextRenewal.cancel(false);
    }
    if (closed) {
      return;
    }
    // One millisecond more: a timer may be early by less than that, and would find nothing to do.
    long millis = Math.max(0, Duration.between(clock.instant(), when).toMillis()) + 1;
    nextRenewal = scheduleRenewal(millis);
  }

  /** Returns null where the timer fails: callers renew the token when it is stale. */
  private @Nullable ScheduledFuture<?> scheduleRenewal(long millis) {
    try {
      return timer.schedule(this::warmUp, millis, TimeUnit.MILLISECONDS);
    } catch (RuntimeException | Error fault) {
      log.error("app {}: the timer fails; only messages renew the token now", appId, fault);
      return null;
    }
  }
}
