package dev.wxnotify.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.Concurrently;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.token.IssueResult.Unavailable;
import dev.wxnotify.server.token.TokenIssuer.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Real threads and a real timer; only the clock stands still, and no thread sleeps. */
class TokenCacheConcurrencyTest {
  private static final Duration LIFE = Duration.ofHours(2);
  private static final Duration OVERLAP = Duration.ofMinutes(5);
  private static final int THREADS = 64;
  private static final int CALLS_PER_HOUR = 20;
  private static final Unavailable DOWN = new Unavailable("connection refused");

  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(4);
  private final FakeClock clock = new FakeClock();

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  /** A cache without a store, which would hide some mistakes. */
  private TokenCache cacheAsking(FakeTokenIssuer issuer) {
    FlakyTokenStore store = new FlakyTokenStore(clock);
    store.breakDown();
    return cacheAsking(issuer, store);
  }

  private TokenCache cacheAsking(FakeTokenIssuer issuer, TokenStore store) {
    return new TokenCache(
        "wx-test",
        issuer,
        store,
        TokenPolicy.DEFAULT,
        CALLS_PER_HOUR,
        clock,
        threads,
        () -> 0.5,
        TokenListener.NONE);
  }

  @Test
  void acquire_manyThreadsWhileTheAnswerIsOut_issuesOnce() throws Exception {
    FakeTokenIssuer issuer = FakeTokenIssuer.classic(clock, LIFE, OVERLAP);
    try (TokenCache cache = cacheAsking(issuer)) {
      issuer.hold();
      List<CompletableFuture<TokenResult>> waiting =
          Concurrently.run(THREADS, thread -> cache.acquire()).resultsOfAll();
      assertThat(waiting).hasSize(THREADS).noneMatch(CompletableFuture::isDone);

      issuer.release();

      for (CompletableFuture<TokenResult> answer : waiting) {
        assertThat(serial(answer)).isEqualTo(1);
      }
      assertThat(issuer.calls()).hasSize(1);
    }
  }

  /**
   * The answer arrives immediately here, so that late threads coincide with the end of the renewal.
   */
  @RepeatedTest(50)
  void acquire_manyThreadsAtOnceLifeAfterLife_issuesOncePerLife() throws Exception {
    FakeTokenIssuer issuer = FakeTokenIssuer.classic(clock, LIFE, OVERLAP);
    try (TokenCache cache = cacheAsking(issuer)) {
      for (int life = 1; life <= 3; life++) {
        int expected = life;
        List<Integer> serials =
            Concurrently.run(THREADS, thread -> serial(cache.acquire())).resultsOfAll();

        assertThat(serials).hasSize(THREADS).containsOnly(expected);
        assertThat(issuer.calls()).hasSize(expected);
        clock.advance(LIFE);
      }
    }
  }

  @RepeatedTest(50)
  void reject_manyThreadsTheSameToken_reissuesOnce() throws Exception {
    FakeTokenIssuer issuer = FakeTokenIssuer.classic(clock, LIFE, OVERLAP).answeringOn(threads);
    try (TokenCache cache = cacheAsking(issuer)) {
      AccessToken bad = token(cache.acquire());

      List<Integer> serials =
          Concurrently.run(
                  THREADS,
                  thread -> {
                    cache.reject(bad);
                    return serial(cache.acquire());
                  })
              .resultsOfAll();

      assertThat(serials).hasSize(THREADS).containsOnly(2);
      assertThat(issuer.calls()).hasSize(2);
    }
  }

  @RepeatedTest(50)
  void reject_manyThreadsAStableToken_forcesOnce() throws Exception {
    FakeTokenIssuer issuer = FakeTokenIssuer.stable(clock, LIFE, OVERLAP).answeringOn(threads);
    try (TokenCache cache = cacheAsking(issuer)) {
      AccessToken bad = token(cache.acquire());

      List<Integer> serials =
          Concurrently.run(
                  THREADS,
                  thread -> {
                    cache.reject(bad);
                    return serial(cache.acquire());
                  })
              .resultsOfAll();

      assertThat(serials).hasSize(THREADS).containsOnly(2);
      assertThat(issuer.calls())
          .extracting(FakeTokenIssuer.Call::mode)
          .containsExactly(Mode.NORMAL, Mode.NORMAL, Mode.FORCED);
    }
  }

  @RepeatedTest(50)
  void close_duringARenewal_completesEveryWaiter() throws Exception {
    FakeTokenIssuer issuer = FakeTokenIssuer.stable(clock, LIFE, OVERLAP).answeringOn(threads);
    TokenCache cache = cacheAsking(issuer);
    issuer.hold();

    List<TokenResult> results =
        Concurrently.run(
                THREADS,
                thread -> {
                  if (thread == THREADS / 2) {
                    cache.close();
                  }
                  return Await.result(cache.acquire());
                })
            .resultsOfAll();
    issuer.release();

    assertThat(results).hasSize(THREADS).hasOnlyElementsOfType(NoToken.class);
    assertThat(issuer.calls().size()).isLessThanOrEqualTo(1);
  }

  @Test
  void stress_randomInterleavings_holdTheInvariants() throws Exception {
    for (int round = 0; round < 200; round++) {
      new Round(round).run();
    }
  }

  /** Some threads do random things to one cache. The number of the round is the seed. */
  private final class Round {
    private static final int ACTORS = 6;
    private static final int STEPS = 40;

    private final int number;
    private final boolean stable;
    private final FakeTokenIssuer issuer;
    private final TokenCache cache;
    private final Instant begin = clock.instant();

    Round(int number) {
      this.number = number;
      this.stable = number % 2 == 0;
      Duration life = Duration.ofSeconds(30);
      Duration overlap = Duration.ofSeconds(5);
      FakeTokenIssuer quick =
          stable
              ? FakeTokenIssuer.stable(clock, life, overlap)
              : FakeTokenIssuer.classic(clock, life, overlap);
      this.issuer = number % 3 == 0 ? quick : quick.answeringOn(threads);
      this.cache =
          number % 4 < 2 ? cacheAsking(issuer) : cacheAsking(issuer, new InMemoryTokenStore(clock));
    }

    void run() throws Exception {
      boolean closes = number % 5 == 4;
      int acted =
          Concurrently.run(ACTORS, actor -> new Actor(new Random(number * 31L + actor)).act())
              .resultsOfAll()
              .size();
      assertThat(acted).isEqualTo(ACTORS);

      assertThat(issuer.mostAtOnce()).describedAs("calls at once, %s", this).isEqualTo(1);
      Duration elapsed = Duration.between(begin, clock.instant());
      assertThat(elapsed).isLessThan(Duration.ofHours(1));
      assertThat(issuer.calls().size())
          .describedAs("calls in %s, %s", elapsed, this)
          .isLessThanOrEqualTo(CALLS_PER_HOUR);
      assertThat(issuer.calls(Mode.FORCED))
          .describedAs("forced calls in %s, %s", elapsed, this)
          .isLessThanOrEqualTo(stable ? 1 + elapsed.toMinutes() / 5 : 0);

      if (closes) {
        cache.close();
        assertThat(cache.acquire()).describedAs("answer when closed, %s", this).isDone();
      } else {
        assertHeals();
        cache.close();
      }
    }

    /** A failure that is still in flight may cost one more pause. */
    private void assertHeals() throws Exception {
      issuer.recover();
      TokenResult result = null;
      for (int i = 0; i < 5 && !(result instanceof AccessToken); i++) {
        clock.advance(Duration.ofHours(1));
        result = Await.result(cache.acquire());
      }
      assertThat(result).describedAs("after the faults, %s", this).isInstanceOf(AccessToken.class);
    }

    @Override
    public String toString() {
      return "round " + number;
    }

    private final class Actor {
      private final Random random;
      private @Nullable AccessToken last;

      Actor(Random random) {
        this.random = random;
      }

      int act() throws Exception {
        for (int step = 0; step < STEPS; step++) {
          int dice = random.nextInt(100);
          if (dice < 65) {
            acquire();
          } else if (dice < 80) {
            withLast(cache::reject);
          } else if (dice < 84) {
            withLast(issuer::revoke);
          } else if (dice < 94) {
            clock.advance(Duration.ofMillis(random.nextInt(4_000)));
          } else if (dice < 96) {
            issuer.failWith(DOWN);
          } else {
            issuer.recover();
          }
        }
        return STEPS;
      }

      private void withLast(Consumer<AccessToken> action) {
        if (last != null) {
          action.accept(last);
        }
      }

      private void acquire() throws Exception {
        Instant before = clock.instant();
        if (Await.result(cache.acquire()) instanceof AccessToken token) {
          assertThat(TokenPolicy.DEFAULT.freshness(token, before))
              .describedAs("%s at %s, %s", token, before, Round.this)
              .isNotEqualTo(Freshness.EXPIRED);
          if (last != null) {
            assertThat(FakeTokenIssuer.serialOf(token))
                .describedAs("token after %s, %s", last, Round.this)
                .isGreaterThanOrEqualTo(FakeTokenIssuer.serialOf(last));
          }
          last = token;
        }
      }
    }
  }

  private static AccessToken token(CompletableFuture<TokenResult> answer) throws Exception {
    TokenResult result = Await.result(answer);
    assertThat(result).isInstanceOf(AccessToken.class);
    return (AccessToken) result;
  }

  private static int serial(CompletableFuture<TokenResult> answer) throws Exception {
    return FakeTokenIssuer.serialOf(token(answer));
  }
}
