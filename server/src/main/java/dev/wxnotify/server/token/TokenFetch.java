package dev.wxnotify.server.token;

import dev.wxnotify.server.token.IssueResult.Issued;
import dev.wxnotify.server.token.TokenIssuer.Mode;
import dev.wxnotify.server.token.TokenStore.Lease;
import dev.wxnotify.server.token.TokenStore.Purpose;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One renewal of the token: takes it from the store if another replica was faster, else asks
 * WeChat, as the only one of the fleet.
 *
 * <pre>
 *   load ──usable──────────────────────────────────────────────▶ done
 *    │
 *    └─▶ lease ──taken by another──▶ wait a moment ──▶ load …     (ends at the latest when that lease does)
 *          │
 *          ├──store down────────────────────────┐
 *          └─▶ load again ──usable──▶ done      │
 *                 └────────────────────────▶ ask WeChat ──▶ save, release ──▶ done
 * </pre>
 *
 * <p>The cache runs one at a time; the steps follow each other through stages, so nothing here
 * needs a lock.
 */
final class TokenFetch implements Renewal {
  /** Longer than one token call may take, shorter than the time that a send waits by default. */
  static final Duration LEASE = Duration.ofSeconds(6);

  /**
   * A stable token may be forced 20 times a day (WeChat: getStableAccessToken); five minutes is
   * also its overlap.
   */
  static final Duration FORCE_INTERVAL = Duration.ofMinutes(5);

  /**
   * How much earlier than in truth a token may seem to end: WeChat names its life in whole seconds,
   * and it is counted from the moment of asking, which may be a whole token call earlier.
   */
  private static final Duration BLUR = LEASE;

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration BUDGET_WINDOW = Duration.ofHours(1);
  private static final Logger log = LoggerFactory.getLogger(TokenFetch.class);

  private final String appId;
  private final TokenIssuer issuer;
  private final TokenStore store;
  private final InstantSource clock;
  private final Function<Duration, Executor> later;
  private final FetchBudget budget;
  private final TokenListener listener;
  private final FetchBudget forced = new FetchBudget(1, FORCE_INTERVAL);

  /**
   * @param later an executor that runs its tasks after a delay
   * @param listener hears what WeChat answers; it never throws
   */
  TokenFetch(
      String appId,
      TokenIssuer issuer,
      TokenStore store,
      InstantSource clock,
      Function<Duration, Executor> later,
      int callsPerHour,
      TokenListener listener) {
    this.appId = appId;
    this.issuer = issuer;
    this.store = store;
    this.clock = clock;
    this.later = later;
    this.budget = new FetchBudget(callsPerHour, BUDGET_WINDOW);
    this.listener = listener;
  }

  @Override
  public CompletableFuture<Result> run(
      @Nullable AccessToken rejected, Predicate<AccessToken> goodEnough) {
    Predicate<AccessToken> usable =
        token -> (rejected == null || isSuccessor(token, rejected)) && goodEnough.test(token);
    // Started inside a stage, so that a port that throws cannot leave the cache waiting for ever.
    return CompletableFuture.completedFuture(usable)
        .thenCompose(wanted -> loadOrAsk(rejected, wanted));
  }

  @Override
  public int callsLeft() {
    return budget.left(clock.instant());
  }

  /**
   * A token from before the rejected one ended with it, or soon will. Only one that surely is from
   * before counts as such: a token that was made right after the rejected one may seem to end
   * earlier, and to pass it over would cost the fleet a call for each replica.
   */
  private static boolean isSuccessor(AccessToken token, AccessToken rejected) {
    return !token.isSameAs(rejected)
        && !token.expiresAt().plus(BLUR).isBefore(rejected.expiresAt());
  }

  private CompletionStage<Result> loadOrAsk(
      @Nullable AccessToken rejected, Predicate<AccessToken> usable) {
    return load(usable)
        .thenCompose(
            shared ->
                shared.isPresent()
                    ? CompletableFuture.completedStage(Result.shared(shared.get()))
                    : leaseAndAsk(rejected, usable));
  }

  private CompletionStage<Result> leaseAndAsk(
      @Nullable AccessToken rejected, Predicate<AccessToken> usable) {
    return store
        .tryLease(Purpose.FETCH, LEASE)
        .handle(
            (lease, storeFault) -> {
              if (storeFault != null) {
                return ask(rejected).thenCompose(this::save);
              }
              if (lease.isEmpty()) {
                return CompletableFuture.runAsync(() -> {}, later.apply(POLL))
                    .thenCompose(waited -> loadOrAsk(rejected, usable));
              }
              return askHolding(lease.get(), rejected, usable);
            })
        .thenCompose(Function.identity());
  }

  /** Looks once more, since the last holder may have stored a token after our first look. */
  private CompletionStage<Result> askHolding(
      Lease lease, @Nullable AccessToken rejected, Predicate<AccessToken> usable) {
    return load(usable)
        .thenCompose(
            shared ->
                shared.isPresent()
                    ? CompletableFuture.completedStage(Result.shared(shared.get()))
                    : ask(rejected).thenCompose(this::save))
        .whenComplete((result, fault) -> lease.release());
  }

  private CompletionStage<Optional<AccessToken>> load(Predicate<AccessToken> usable) {
    return store
        .load()
        .handle((token, fault) -> fault == null ? token.filter(usable) : Optional.empty());
  }

  private CompletionStage<Result> save(Result result) {
    if (result.token() == null) {
      return CompletableFuture.completedStage(result);
    }
    return store.save(result.token()).handle((saved, fault) -> result);
  }

  private CompletionStage<Result> ask(@Nullable AccessToken rejected) {
    return issue(Mode.NORMAL)
        .thenCompose(
            normal -> {
              AccessToken token = normal.token();
              return token != null && rejected != null && token.isSameAs(rejected)
                  ? force(normal)
                  : CompletableFuture.completedStage(normal);
            });
  }

  /**
   * WeChat hands out the very token that it rejected. Where a new one cannot be forced now, that
   * token is tried on: WeChat has just vouched for it.
   */
  private CompletionStage<Result> force(Result vouchedFor) {
    if (!forced.trySpend(clock.instant())) {
      return CompletableFuture.completedStage(vouchedFor);
    }
    return store
        .tryLease(Purpose.FORCE, FORCE_INTERVAL)
        .handle((lease, storeFault) -> storeFault != null || lease.isPresent())
        .thenCompose(
            mayForce -> {
              if (!mayForce) {
                return CompletableFuture.completedStage(vouchedFor);
              }
              log.warn("app {}: WeChat rejects the token that it issues; forcing a new one", appId);
              return issue(Mode.FORCED)
                  .thenApply(result -> result.token() == null ? vouchedFor : result);
            });
  }

  private CompletionStage<Result> issue(Mode mode) {
    Instant asked = clock.instant();
    if (!budget.trySpend(asked)) {
      return CompletableFuture.completedStage(
          Result.of(
              new IssueResult.Unavailable("the budget of token calls is used up: " + budget)));
    }
    return issuer
        .issue(mode)
        .thenApply(
            answer -> {
              listener.fetched(appId, mode, answer);
              if (answer instanceof Issued issued) {
                if (issued.life().isZero() || issued.life().isNegative()) {
                  return Result.of(
                      new IssueResult.Unavailable(
                          "WeChat issued a token without a remaining lifetime: " + issued.life()));
                }
                // Counted from the moment of asking: the token can only live longer than that.
                return Result.of(
                    new AccessToken(
                        issued.value(),
                        asked,
                        asked.plus(issued.life()),
                        appId,
                        TokenSource.WECHAT));
              }
              return Result.of((IssueResult.Failure) answer);
            });
  }
}
