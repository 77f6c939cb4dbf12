package dev.wxnotify.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeScheduler;
import dev.wxnotify.server.token.TokenReader.Found;
import dev.wxnotify.server.token.TokenReader.NotFound;
import dev.wxnotify.server.token.TokenReader.Reading;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A cache whose token another system obtains and renews. */
class SourceReadingTest {
  private static final Duration LIFE = Duration.ofHours(2);
  private static final Duration AGAIN = Duration.ofMinutes(90);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration STEP = Duration.ofMillis(2);

  private final FakeClock clock = new FakeClock();
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final Deque<CompletableFuture<Reading>> held = new ArrayDeque<>();
  private Reading answer = found("first");
  private boolean holding;
  private int reads;

  private final TokenCache cache =
      TokenCache.reading(
          "wx-test",
          TokenSource.REDIS,
          this::read,
          LONGEST_PAUSE,
          150,
          clock,
          scheduler,
          () -> 0.0,
          TokenListener.NONE);

  private CompletionStage<Reading> read() {
    reads++;
    if (!holding) {
      return CompletableFuture.completedStage(answer);
    }
    CompletableFuture<Reading> later = new CompletableFuture<>();
    held.add(later);
    return later;
  }

  private void release() {
    holding = false;
    CompletableFuture<Reading> next = held.poll();
    while (next != null) {
      next.complete(answer);
      next = held.poll();
    }
  }

  private static Found found(String value) {
    return new Found(value, LIFE, AGAIN, Duration.ZERO);
  }

  private static NotFound nothing(String why) {
    return new NotFound(new IssueResult.Unavailable(why));
  }

  private AccessToken token() {
    return (AccessToken) cache.acquire().join();
  }

  @Test
  void acquire_readsOnce_forAll() {
    holding = true;
    CompletableFuture<TokenResult> first = cache.acquire();
    CompletableFuture<TokenResult> second = cache.acquire();
    release();

    assertThat(first.join()).isEqualTo(second.join());
    assertThat(token().value()).isEqualTo("first");
    assertThat(token().source()).isEqualTo(TokenSource.REDIS);
    assertThat(token().appId()).isEqualTo("wx-test");
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void sourcesTime_isWhenItIsReadAgain_withoutACaller() {
    cache.warmUp();
    scheduler.advance(AGAIN.minusSeconds(1));
    assertThat(reads).isEqualTo(1);
    answer = found("second");

    scheduler.advance(Duration.ofSeconds(1).plus(STEP));

    assertThat(reads).isEqualTo(2);
    assertThat(token().value()).isEqualTo("second");
    scheduler.advance(AGAIN.plus(STEP));
    assertThat(reads).isEqualTo(3);
  }

  /** Its owner decides: this one may have been made a moment ago, with a shorter life. */
  @Test
  void tokenThatEndsEarlier_isTakenAllTheSame() {
    cache.warmUp();
    answer = new Found("second", Duration.ofMinutes(5), Duration.ofMinutes(4), Duration.ZERO);

    scheduler.advance(AGAIN.plus(STEP));

    assertThat(token().value()).isEqualTo("second");
    assertThat(cache.status().trouble()).isNull();
  }

  @Test
  void sourceThatFails_leavesTheToken_untilItsEnd() {
    cache.warmUp();
    answer = nothing("away");

    scheduler.advance(AGAIN.plus(STEP));
    assertThat(token().value()).isEqualTo("first");
    assertThat(cache.status().trouble()).isEqualTo(new IssueResult.Unavailable("away"));

    scheduler.advance(LIFE.minus(AGAIN));
    assertThat(cache.acquire().join()).isInstanceOf(NoToken.class);
    answer = found("second");
    scheduler.advance(LONGEST_PAUSE.plus(STEP));
    assertThat(token().value()).isEqualTo("second");
    assertThat(cache.status().trouble()).isNull();
  }

  @Test
  void grace_isUsedWhileTheSourceHasNoOther() {
    answer =
        new Found("first", Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(3));
    cache.warmUp();
    answer = nothing("the key is gone");

    scheduler.advance(Duration.ofMinutes(3));
    assertThat(token().value()).isEqualTo("first");
    assertThat(token().expiresAt()).isBefore(clock.instant());
    assertThat(cache.status().hasToken(clock.instant())).isTrue();

    scheduler.advance(Duration.ofMinutes(1).plus(STEP));
    assertThat(cache.acquire().join()).isInstanceOf(NoToken.class);
  }

  @Test
  void pausesAfterFailures_areShort_whereLookingIsCheap() {
    answer = nothing("away");
    cache.warmUp();
    scheduler.advance(Duration.ofMinutes(1));
    int before = reads;

    scheduler.advance(LONGEST_PAUSE.multipliedBy(10));

    assertThat(reads - before).isGreaterThanOrEqualTo(10);
  }

  @Test
  void reject_readsOnce_forAllThatWait() {
    AccessToken first = token();
    answer = found("second");
    holding = true;
    cache.reject(first);
    CompletableFuture<TokenResult> one = cache.acquire();
    cache.reject(first);
    CompletableFuture<TokenResult> other = cache.acquire();
    release();

    assertThat(((AccessToken) one.join()).value()).isEqualTo("second");
    assertThat(other.join()).isEqualTo(one.join());
    assertThat(reads).isEqualTo(2);
  }

  /** The token on its way is the one that is refused meanwhile: it is read once more. */
  @Test
  void reject_whileItIsRead_readsOnceMore() {
    AccessToken first = token();
    holding = true;
    var ignored = cache.refresh();
    cache.reject(first);
    Reading old = answer;
    CompletableFuture<Reading> reading = held.remove();
    answer = found("second");
    holding = false;
    reading.complete(old);

    assertThat(token().value()).isEqualTo("second");
  }

  @Test
  void rejectedTokenThatTheSourceStillHas_isTriedOn_andTheSourceWatched() {
    AccessToken first = token();
    cache.reject(first);

    assertThat(token().value()).as("there is no other").isEqualTo("first");
    assertThat(reads).isEqualTo(2);
    scheduler.advance(Duration.ofSeconds(1).plus(STEP));
    assertThat(reads).as("looks again soon").isEqualTo(3);
    scheduler.advance(Duration.ofMinutes(10));
    int afterTenMinutes = reads;
    assertThat(afterTenMinutes).as("and less and less often").isBetween(10, 20);

    answer = found("second");
    scheduler.advance(Duration.ofMinutes(1).plus(STEP));

    assertThat(token().value()).isEqualTo("second");
    int healed = reads;
    scheduler.advance(Duration.ofMinutes(30));
    assertThat(reads).as("then as usual").isEqualTo(healed);
  }

  @Test
  void rejections_withoutEnd_readFewTimes() {
    for (int i = 0; i < 100; i++) {
      cache.reject(token());
    }

    assertThat(reads).isEqualTo(1 + 5);
  }

  @Test
  void nothingIsSpent_andNothingShared() {
    cache.warmUp();
    assertThat(cache.refresh()).isPresent();

    TokenStatus status = cache.status();
    assertThat(status.callsLeft()).isEqualTo(150);
    assertThat(status.isShared()).isFalse();
    assertThat(status.source()).isEqualTo(TokenSource.REDIS);
  }

  /** What others have prepared for a token serves on. */
  @Test
  void sameTokenReadAgain_isTheSameObject() {
    AccessToken first = token();
    answer = new Found("first", LIFE.minus(AGAIN), Duration.ofMinutes(1), Duration.ZERO);

    scheduler.advance(AGAIN.plus(STEP));

    assertThat(token()).isSameAs(first);
  }

  @Test
  void readerThatThrows_leavesNobodyWaiting() {
    TokenCache broken =
        TokenCache.reading(
            "wx-test",
            TokenSource.URL,
            () -> {
              throw new IllegalStateException("secret");
            },
            LONGEST_PAUSE,
            150,
            clock,
            scheduler,
            () -> 0.0,
            TokenListener.NONE);

    assertThat(((NoToken) broken.acquire().join()).refusal().explanation())
        .contains("IllegalStateException")
        .doesNotContain("secret");
  }

  @Test
  void notNeeded_isAlwaysThere() {
    TokenCache none = TokenCache.notNeeded("wx-none", 150, clock, scheduler);

    AccessToken token = (AccessToken) none.acquire().join();
    assertThat(token.source()).isEqualTo(TokenSource.NONE);
    assertThat(none.reject(token)).isFalse();
    scheduler.advance(Duration.ofDays(400));
    assertThat(none.acquire().join()).isSameAs(token);
    assertThat(none.refresh().orElseThrow().join()).isSameAs(token);
    assertThat(none.report(token.fingerprint())).isInstanceOf(Report.OfOtherToken.class);
    assertThat(none.status().hasToken(clock.instant())).isTrue();
    assertThat(none.status().fingerprint()).isEmpty();
    assertThat(scheduler.pending()).isZero();
  }

  // Reports of other systems.

  @Test
  void report_ofTheCurrentToken_renewsIt() {
    AccessToken first = token();
    answer = found("second");

    Report report = cache.report(first.fingerprint());

    assertThat(report)
        .isInstanceOfSatisfying(
            Report.Renewed.class,
            renewed ->
                assertThat(((AccessToken) renewed.result().join()).value()).isEqualTo("second"));
    assertThat(cache.report(first.fingerprint())).isInstanceOf(Report.OfOtherToken.class);
    assertThat(reads).isEqualTo(2);
  }

  @Test
  void reports_areTenAnHour_andThoseOfOtherTokensCostNothing() {
    for (int i = 0; i < 100; i++) {
      assertThat(cache.report("00000000")).isInstanceOf(Report.OfOtherToken.class);
    }
    for (int i = 0; i < 10; i++) {
      AccessToken now = token();
      answer = found("token-" + i);
      assertThat(cache.report(now.fingerprint())).isInstanceOf(Report.Renewed.class);
      scheduler.advance(Duration.ofMinutes(2)); // Within the bound of refusals.
    }

    assertThat(cache.report(token().fingerprint()))
        .isInstanceOfSatisfying(
            Report.TooOften.class,
            no -> assertThat(no.retryAfter()).isEqualTo(Duration.ofMinutes(40)));
    scheduler.advance(Duration.ofMinutes(40));
    assertThat(cache.report(token().fingerprint())).isInstanceOf(Report.Renewed.class);
  }

  @Test
  void reports_sharedWithTheRefusalsOfSends() {
    for (int i = 0; i < 5; i++) {
      cache.reject(token());
    }

    assertThat(cache.report(token().fingerprint()))
        .isInstanceOfSatisfying(
            Report.TooOften.class,
            no -> assertThat(no.retryAfter()).isEqualTo(Duration.ofMinutes(5)));
  }
}
