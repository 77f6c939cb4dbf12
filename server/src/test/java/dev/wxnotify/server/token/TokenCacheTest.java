package dev.wxnotify.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeScheduler;
import dev.wxnotify.server.testing.TestTokens;
import dev.wxnotify.server.token.IssueResult.Failure;
import dev.wxnotify.server.token.IssueResult.Issued;
import dev.wxnotify.server.token.IssueResult.Refused;
import dev.wxnotify.server.token.IssueResult.Unavailable;
import dev.wxnotify.server.token.TokenIssuer.Mode;
import dev.wxnotify.server.token.TokenStore.Lease;
import dev.wxnotify.server.token.TokenStore.Purpose;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class TokenCacheTest {
  private static final Duration LIFE = Duration.ofHours(2);
  private static final Duration OVERLAP = Duration.ofMinutes(5);
  private static final Duration UNTIL_STALE = LIFE.minusMinutes(4);
  private static final Duration UNTIL_UNUSABLE = LIFE.minusSeconds(10);

  /** The pauses after the first failures, where the jitter takes off as much as it may. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

  private static final Duration SECOND_PAUSE = Duration.ofMillis(500);

  /** How much later than planned the cache's own timer may be. */
  private static final Duration TIMER_STEP = Duration.ofMillis(2);

  private static final Duration POLL = Duration.ofMillis(100);
  private static final int CALLS_PER_HOUR = 30;
  private static final Failure DOWN = new Unavailable("connection refused");
  private static final Failure WRONG_SECRET =
      new Refused(Refused.Kind.CREDENTIALS, 40125, "invalid appsecret", "6a-1-2");

  private final FakeClock clock = new FakeClock();
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final FlakyTokenStore store = new FlakyTokenStore(clock);
  private FakeTokenIssuer issuer = FakeTokenIssuer.stable(clock, LIFE, OVERLAP);
  private TokenCache cache = cacheAsking(issuer, clock);

  private TokenCache cacheAsking(TokenIssuer weChat, InstantSource time) {
    return new TokenCache(
        TestTokens.APP,
        weChat,
        store,
        TokenPolicy.DEFAULT,
        CALLS_PER_HOUR,
        time,
        scheduler,
        () -> 0.0,
        TokenListener.NONE);
  }

  private void useIssuer(FakeTokenIssuer other) {
    issuer = other;
    cache = cacheAsking(other, clock);
  }

  @Nested
  class Fresh {
    @Test
    void acquire_emptyCache_asksOnceAndWaits() {
      issuer.hold();
      CompletableFuture<TokenResult> first = cache.acquire();
      CompletableFuture<TokenResult> second = cache.acquire();
      assertThat(first).isNotDone();

      issuer.release();

      assertThat(serial(first)).isEqualTo(1);
      assertThat(serial(second)).isEqualTo(1);
      assertThat(issuer.calls(Mode.NORMAL)).isEqualTo(1);
    }

    /** Otherwise this renewal never ends, and no other one begins. */
    @Test
    void acquire_timerFails_isAnsweredAndRenewedByCallers() {
      scheduler.rejectTasks(true);

      assertThat(serial(cache.acquire())).isEqualTo(1);
      clock.advance(LIFE);
      assertThat(serial(cache.acquire())).isEqualTo(2);
    }

    @Test
    void acquire_timerFailsAndWeChatToo_isAnswered() {
      scheduler.rejectTasks(true);
      issuer.failWith(DOWN);

      assertThat(cache.acquire()).isCompletedWithValueMatching(NoToken.class::isInstance);
    }

    @Test
    void acquire_freshToken_asksNeitherWeChatNorTheStore() {
      cache.warmUp();
      int uses = store.uses();

      scheduler.advance(UNTIL_STALE.minusNanos(1));
      for (int i = 0; i < 1_000; i++) {
        assertThat(serial(cache.acquire())).isEqualTo(1);
      }

      assertThat(issuer.calls()).hasSize(1);
      assertThat(store.uses()).isEqualTo(uses);
    }

    @Test
    void acquire_tokenFromWeChat_livesFromTheMomentOfAsking() {
      issuer.hold();
      CompletableFuture<TokenResult> answer = cache.acquire();
      Instant asked = clock.instant();
      clock.advance(Duration.ofSeconds(3));

      issuer.release();

      assertThat(token(answer).receivedAt()).isEqualTo(asked);
      assertThat(token(answer).expiresAt()).isEqualTo(asked.plus(LIFE));
    }

    @Test
    void acquire_oneCallerGivesUpItsWait_leavesTheOthersWaiting() {
      issuer.hold();
      CompletableFuture<TokenResult> impatient = cache.acquire();
      CompletableFuture<TokenResult> patient = cache.acquire();

      impatient.cancel(false);

      assertThat(patient).isNotDone();
      issuer.release();
      assertThat(serial(patient)).isEqualTo(1);
    }

    @Test
    void acquire_renewedBetweenLookAndLock_asksNobodyAgain() {
      AtomicReference<@Nullable Runnable> afterLook = new AtomicReference<>();
      InstantSource interrupted =
          () -> {
            Instant now = clock.instant();
            Runnable other = afterLook.getAndSet(null);
            if (other != null) {
              other.run();
            }
            return now;
          };
      useIssuer(FakeTokenIssuer.classic(clock, LIFE, OVERLAP));
      cache = cacheAsking(issuer, interrupted);
      store.breakDown(); // Else it would help out.
      cache.warmUp();
      clock.advance(LIFE);

      afterLook.set(() -> assertThat(serial(cache.acquire())).isEqualTo(2));

      assertThat(serial(cache.acquire())).isEqualTo(2);
      assertThat(issuer.calls()).hasSize(2);
    }
  }

  @Nested
  class Renewal {
    @Test
    void acquire_staleToken_returnsItAtOnceAndStartsOneRenewal() {
      cache.warmUp();
      clock.advance(UNTIL_STALE);
      issuer.hold();

      for (int i = 0; i < 100; i++) {
        assertThat(serial(cache.acquire())).isEqualTo(1);
      }
      assertThat(issuer.calls()).hasSize(2);

      issuer.release();
      assertThat(serial(cache.acquire())).isEqualTo(2);
      assertThat(issuer.calls()).hasSize(2);
      assertThat(issuer.calls(Mode.FORCED)).isZero();
    }

    @Test
    void acquire_expiredToken_waitsForTheNextOne() {
      cache.warmUp();
      clock.advance(UNTIL_UNUSABLE);
      issuer.hold();

      CompletableFuture<TokenResult> waiting = cache.acquire();
      assertThat(waiting).isNotDone();

      issuer.release();
      assertThat(serial(waiting)).isEqualTo(2);
    }

    @Test
    void acquire_expiredDuringTheRenewal_waitsForThatOne() {
      cache.warmUp();
      clock.advance(UNTIL_UNUSABLE.minusNanos(1));
      issuer.hold();
      assertThat(serial(cache.acquire())).isEqualTo(1);

      clock.advance(Duration.ofNanos(1));
      CompletableFuture<TokenResult> waiting = cache.acquire();
      assertThat(waiting).isNotDone();

      issuer.release();
      assertThat(serial(waiting)).isEqualTo(2);
      assertThat(issuer.calls()).hasSize(2);
    }

    @Test
    void timer_nobodyAcquires_renewsWhenStale() {
      cache.warmUp();

      scheduler.advance(UNTIL_STALE);
      assertThat(issuer.calls()).hasSize(1);
      scheduler.advance(TIMER_STEP);

      assertThat(issuer.calls()).hasSize(2);
      assertThat(scheduler.pending()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shortLives_twentyOfThem_areRenewedOncePerLife(boolean withCallers) {
      Duration life = Duration.ofSeconds(30);
      int lives = 20;
      useIssuer(FakeTokenIssuer.stable(clock, life, life.dividedBy(6)));
      cache.warmUp();
      Duration used = life.minus(life.dividedBy(8)).plus(TIMER_STEP);

      Duration step = Duration.ofMillis(250);
      long steps = used.multipliedBy(lives).minus(life.dividedBy(2)).dividedBy(step);
      for (long i = 0; i < steps; i++) {
        scheduler.advance(step);
        if (withCallers) {
          assertUsableNow(token(cache.acquire()));
        }
      }

      assertThat(issuer.made()).isEqualTo(lives);
      assertThat(issuer.calls()).hasSize(lives);
    }

    @Test
    void longRun_aWeekWithoutFaults_asksOncePerLife() {
      cache.warmUp();

      for (int hour = 0; hour < 7 * 24; hour++) {
        scheduler.advance(Duration.ofHours(1));
        assertUsableNow(token(cache.acquire()));
      }

      assertThat(issuer.calls()).hasSize(issuer.made());
      assertThat(issuer.calls()).hasSize(7 * 24 * 60 / (120 - 4) + 1);
    }

    @Test
    void renewal_weChatReturnsTheSameToken_isNotAskedOverAndOver() {
      useIssuer(FakeTokenIssuer.stable(clock, LIFE, Duration.ofSeconds(1)));
      cache.warmUp();
      // A moment at which the whole seconds that WeChat names end before the life we know of.
      clock.advance(UNTIL_STALE.plusMillis(500));

      for (int i = 0; i < 1_000; i++) {
        assertThat(serial(cache.acquire())).isEqualTo(1);
      }
      assertThat(issuer.calls()).hasSize(2);

      for (int i = 0; i < 240; i++) {
        scheduler.advance(Duration.ofSeconds(1));
        cache.warmUp();
      }
      assertThat(serial(cache.acquire())).isEqualTo(2);
      assertThat(issuer.calls()).hasSizeLessThan(10);
    }

    @Test
    void renewal_weChatReturnsAnOlderToken_keepsTheNewerAndPauses() {
      cache.warmUp();
      clock.advance(UNTIL_STALE);
      issuer.answerOnceWith(new Issued("older", Duration.ofMinutes(1)));

      for (int i = 0; i < 1_000; i++) {
        assertThat(serial(cache.acquire())).isEqualTo(1);
      }
      assertThat(issuer.calls()).hasSize(2);

      scheduler.advance(FIRST_PAUSE.plus(TIMER_STEP));
      assertThat(serial(cache.acquire())).isEqualTo(2);
    }

    @Test
    void renewal_answerArrivesPastTheLife_isNotHandedOut() {
      Duration life = Duration.ofSeconds(4);
      useIssuer(FakeTokenIssuer.stable(clock, life, Duration.ofSeconds(1)));
      issuer.hold();
      CompletableFuture<TokenResult> waiting = cache.acquire();
      clock.advance(life);
      issuer.release();

      assertThat(none(waiting).retryAfter()).isEqualTo(FIRST_PAUSE);
      cache.warmUp();
      assertThat(issuer.calls()).hasSize(1);

      scheduler.advance(FIRST_PAUSE.plus(TIMER_STEP));
      assertUsableNow(token(cache.acquire()));
    }
  }

  @Nested
  class FailedRenewal {
    @Test
    void acquire_issueFails_allWhoWaitShareTheFailure() {
      issuer.failWith(DOWN);
      issuer.hold();
      CompletableFuture<TokenResult> first = cache.acquire();
      CompletableFuture<TokenResult> second = cache.acquire();

      issuer.release();

      assertThat(none(first)).isEqualTo(new NoToken(DOWN, FIRST_PAUSE)).isEqualTo(none(second));
      assertThat(issuer.calls()).hasSize(1);
    }

    @Test
    void acquire_duringThePause_failsAtOnceAndAsksNobody() {
      issuer.failWith(DOWN);
      cache.warmUp();
      int uses = store.uses();

      clock.advance(FIRST_PAUSE.minusNanos(1));
      for (int i = 0; i < 1_000; i++) {
        assertThat(none(cache.acquire())).isEqualTo(new NoToken(DOWN, Duration.ofNanos(1)));
      }
      assertThat(issuer.calls()).hasSize(1);
      assertThat(store.uses()).isEqualTo(uses);

      clock.advance(Duration.ofNanos(1));
      assertThat(none(cache.acquire()).retryAfter()).isEqualTo(SECOND_PAUSE);
      assertThat(issuer.calls()).hasSize(2);
    }

    @Test
    void timer_weChatRecovers_healsWithoutCallers() {
      issuer.failWith(DOWN);
      cache.warmUp();
      scheduler.advance(Duration.ofMinutes(5));
      issuer.recover();
      long before = issuer.calls().size();

      scheduler.advance(Duration.ofSeconds(30));

      assertThat(issuer.calls()).hasSize((int) before + 1);
      assertThat(serial(cache.acquire())).isEqualTo(1);
      assertThat(issuer.calls()).hasSize((int) before + 1);
    }

    @Test
    void acquire_afterASuccess_pausesShortAgain() {
      issuer.failWith(DOWN);
      cache.warmUp();
      scheduler.advance(Duration.ofMinutes(1));
      issuer.recover();
      scheduler.advance(Duration.ofMinutes(1));
      issuer.failWith(DOWN);

      clock.advance(LIFE);

      assertThat(none(cache.acquire()).retryAfter()).isEqualTo(FIRST_PAUSE);
    }

    @Test
    void acquire_wrongSecret_waitsLongerAndSaysWhy() {
      issuer.failWith(WRONG_SECRET);

      NoToken none = none(cache.acquire());

      assertThat(none).isEqualTo(new NoToken(WRONG_SECRET, Duration.ofSeconds(5)));
      assertThat(none.refusal().explanation())
          .isEqualTo("WeChat refused to issue a token: 40125 invalid appsecret rid: 6a-1-2");
    }

    @Test
    void acquire_renewalFails_keepsTheOldTokenWhileItLives() {
      cache.warmUp();
      clock.advance(UNTIL_STALE);
      issuer.failWith(DOWN);

      Duration step = Duration.ofSeconds(1);
      for (Duration passed = UNTIL_STALE;
          passed.compareTo(UNTIL_UNUSABLE) < 0;
          passed = passed.plus(step)) {
        assertThat(serial(cache.acquire())).isEqualTo(1);
        scheduler.advance(step);
      }

      assertThat(none(cache.acquire()).refusal()).isInstanceOf(Unavailable.class);
      assertThat(issuer.calls()).hasSizeBetween(3, CALLS_PER_HOUR);
    }

    @Test
    void acquire_faultsComeAndGo_neverHandsOutAnUnusableToken() {
      useIssuer(FakeTokenIssuer.stable(clock, Duration.ofSeconds(30), Duration.ofSeconds(5)));
      int tokens = 0;
      for (int i = 0; i < 4 * 600; i++) {
        if (i % 300 == 0) {
          issuer.recover();
        } else if (i % 300 == 100) {
          issuer.failWith(DOWN);
        }
        if (cache.acquire().getNow(new NoToken(DOWN, Duration.ZERO)) instanceof AccessToken t) {
          assertUsableNow(t);
          tokens++;
        }
        scheduler.advance(Duration.ofMillis(250));
      }
      assertThat(tokens).isGreaterThan(400);
    }

    @Test
    void acquire_issuerAnswersWithoutLife_isAFailure() {
      issuer.answerOnceWith(new Issued("no-life", Duration.ZERO));

      NoToken none = none(cache.acquire());

      assertThat(none.retryAfter()).isEqualTo(FIRST_PAUSE);
      assertThat(none.refusal().explanation()).contains("without a remaining lifetime: PT0S");
      scheduler.advance(FIRST_PAUSE.plus(TIMER_STEP));
      assertThat(serial(cache.acquire())).isEqualTo(1);
    }

    @Test
    void acquire_storeBreaksItsContract_failsWithoutItsTextAndHeals() {
      store.breakContract();

      assertThat(none(cache.acquire()).refusal().explanation())
          .contains("IllegalStateException")
          .doesNotContain("top-secret");

      store.recover();
      scheduler.advance(FIRST_PAUSE.plus(TIMER_STEP));
      assertThat(serial(cache.acquire())).isEqualTo(1);
    }

    @Test
    void acquire_issuerBreaksItsContract_failsWithoutItsTextAndHeals() {
      List<TokenIssuer> script =
          new ArrayList<>(
              List.<TokenIssuer>of(
                  mode -> {
                    throw new IllegalArgumentException("bad URI ?secret=top-secret-appsecret");
                  },
                  mode ->
                      CompletableFuture.failedStage(
                          new IllegalStateException("bad URI ?secret=top-secret-appsecret")),
                  issuer));
      cache = cacheAsking(mode -> script.remove(0).issue(mode), clock);

      assertThat(none(cache.acquire()).refusal().explanation())
          .contains("IllegalArgumentException")
          .doesNotContain("top-secret");
      scheduler.advance(FIRST_PAUSE.plus(TIMER_STEP));
      assertThat(none(cache.acquire()).refusal().explanation())
          .contains("IllegalStateException")
          .doesNotContain("top-secret");

      scheduler.advance(SECOND_PAUSE.plus(TIMER_STEP));
      assertThat(serial(cache.acquire())).isEqualTo(1);
    }

    @Test
    void longRun_aDayOfFailure_staysInTheBudgetOfEveryHourAndHeals() {
      issuer.failWith(DOWN);

      actAllDay(cache::warmUp);

      assertWithinBudget();
      assertThat(issuer.calls()).hasSizeGreaterThan(23 * CALLS_PER_HOUR);
      assertThat(none(cache.acquire()).refusal().explanation()).contains("30 in PT1H");

      issuer.recover();
      scheduler.advance(Duration.ofHours(1));
      assertThat(serial(cache.acquire())).isEqualTo(1);
    }
  }

  @Nested
  class Rejection {
    @Test
    void reject_tokenThatIsNotCurrent_changesNothing() {
      AccessToken first = token(cache.acquire());
      scheduler.advance(UNTIL_STALE.plus(TIMER_STEP));
      assertThat(serial(cache.acquire())).isEqualTo(2);
      int uses = store.uses();

      for (int i = 0; i < 100; i++) {
        cache.reject(first);
      }

      assertThat(serial(cache.acquire())).isEqualTo(2);
      assertThat(issuer.calls()).hasSize(2);
      assertThat(store.uses()).isEqualTo(uses);
    }

    @Test
    void reject_lateWordOnAnOlderToken_costsNoRejectionOfTheCurrentOne() {
      AccessToken first = token(cache.acquire());
      scheduler.advance(UNTIL_STALE.plus(TIMER_STEP));
      AccessToken second = token(cache.acquire());
      for (int i = 0; i < 100; i++) {
        cache.reject(first);
      }

      cache.reject(second);

      assertThat(serial(cache.acquire())).isEqualTo(3);
    }

    @Test
    void reject_emptyCache_changesNothing() {
      AccessToken foreign =
          TestTokens.token("foreign", clock.instant(), clock.instant().plus(LIFE));

      cache.reject(foreign);

      assertThat(issuer.calls()).isEmpty();
      assertThat(serial(cache.acquire())).isEqualTo(1);
    }

    @Test
    void reject_currentToken_isRenewedOnceForAll() {
      useIssuer(FakeTokenIssuer.classic(clock, LIFE, OVERLAP));
      AccessToken bad = token(cache.acquire());
      issuer.hold();

      cache.reject(bad);
      cache.reject(bad);
      CompletableFuture<TokenResult> first = cache.acquire();
      cache.reject(bad);
      CompletableFuture<TokenResult> second = cache.acquire();
      assertThat(first).isNotDone();
      issuer.release();
      cache.reject(bad);

      assertThat(serial(first)).isEqualTo(2);
      assertThat(serial(second)).isEqualTo(2);
      assertThat(serial(cache.acquire())).isEqualTo(2);
      assertThat(issuer.calls()).hasSize(2);
    }

    @Test
    void reject_currentToken_isGoneFromTheStoreToo() {
      AccessToken bad = token(cache.acquire());

      cache.reject(bad);

      assertThat(store.load().toCompletableFuture().join()).isEmpty();
    }

    @Test
    void reject_normalCallReturnsTheRejectedToken_forcesANewOne() {
      AccessToken bad = token(cache.acquire());

      cache.reject(bad);

      assertThat(serial(cache.acquire())).isEqualTo(2);
      assertThat(issuer.calls())
          .extracting(FakeTokenIssuer.Call::mode)
          .containsExactly(Mode.NORMAL, Mode.NORMAL, Mode.FORCED);
    }

    @Test
    void reject_normalCallReturnsAnotherToken_forcesNothing() {
      AccessToken bad = token(cache.acquire());
      issuer.answerOnceWith(new Issued(FakeTokenIssuer.valueOf(7), LIFE));

      cache.reject(bad);

      assertThat(serial(cache.acquire())).isEqualTo(7);
      assertThat(issuer.calls(Mode.FORCED)).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void reject_againWithinFiveMinutes_usesTheVouchedTokenUntilForcingIsDue(boolean storeDown) {
      if (storeDown) {
        store.breakDown();
      }
      cache.reject(token(cache.acquire()));
      AccessToken second = token(cache.acquire());
      assertThat(FakeTokenIssuer.serialOf(second)).isEqualTo(2);

      scheduler.advance(Duration.ofMinutes(5).minusNanos(1));
      cache.reject(second);
      AccessToken vouched = token(cache.acquire());
      assertThat(vouched.isSameAs(second)).isTrue();
      assertThat(issuer.calls(Mode.FORCED)).isEqualTo(1);

      scheduler.advance(Duration.ofNanos(1));
      cache.reject(vouched);
      assertThat(serial(cache.acquire())).isEqualTo(3);
      assertThat(issuer.calls(Mode.FORCED)).isEqualTo(2);
    }

    @Test
    void reject_forcedCallFails_usesTheVouchedToken() {
      AccessToken bad = token(cache.acquire());
      issuer.answerOnceWith(new Issued(bad.value(), LIFE));
      issuer.answerOnceWith(DOWN);

      cache.reject(bad);

      assertThat(token(cache.acquire()).isSameAs(bad)).isTrue();
      assertThat(issuer.calls(Mode.FORCED)).isEqualTo(1);
    }

    @Test
    void reject_anotherReplicaForcedJustNow_usesTheVouchedToken() {
      AccessToken bad = token(cache.acquire());
      assertThat(lease(Purpose.FORCE, Duration.ofMinutes(5))).isNotNull();

      cache.reject(bad);

      assertThat(token(cache.acquire()).isSameAs(bad)).isTrue();
      assertThat(issuer.calls(Mode.FORCED)).isZero();
    }

    @Test
    void reject_renewalUnderWayBringsTheSameToken_asksAgainKnowingThat() {
      AccessToken bad = token(cache.acquire());
      clock.advance(UNTIL_STALE);
      issuer.answerOnceWith(new Issued(bad.value(), Duration.ofMinutes(4)));
      issuer.answerOnceWith(new Issued(bad.value(), Duration.ofMinutes(4)));
      issuer.hold();
      assertThat(serial(cache.acquire())).isEqualTo(1);

      cache.reject(bad);
      CompletableFuture<TokenResult> waiting = cache.acquire();
      issuer.release();

      assertThat(serial(waiting)).isEqualTo(2);
      assertThat(issuer.calls())
          .extracting(FakeTokenIssuer.Call::mode)
          .containsExactly(Mode.NORMAL, Mode.NORMAL, Mode.NORMAL, Mode.FORCED);
    }

    @Test
    void reject_renewalUnderWayBringsAnotherToken_takesThat() {
      AccessToken bad = token(cache.acquire());
      clock.advance(UNTIL_STALE);
      issuer.hold();
      assertThat(serial(cache.acquire())).isEqualTo(1);

      cache.reject(bad);
      CompletableFuture<TokenResult> waiting = cache.acquire();
      assertThat(waiting).isNotDone();
      issuer.release();

      assertThat(serial(waiting)).isEqualTo(2);
      assertThat(issuer.calls()).hasSize(2);
    }

    @Test
    void reject_renewalFails_waitsForThePauseAndNeverReturnsTheRejected() {
      AccessToken bad = token(cache.acquire());
      issuer.failWith(DOWN);
      cache.reject(bad);
      assertThat(none(cache.acquire()).retryAfter()).isEqualTo(FIRST_PAUSE);
      issuer.recover();
      assertThat(none(cache.acquire()).retryAfter()).isEqualTo(FIRST_PAUSE);

      scheduler.advance(FIRST_PAUSE.plus(TIMER_STEP));

      assertThat(serial(cache.acquire())).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void reject_weChatRejectsEverything_costsFiveRenewalsInFiveMinutes(boolean stable) {
      useIssuer(
          stable
              ? FakeTokenIssuer.stable(clock, LIFE, OVERLAP)
              : FakeTokenIssuer.classic(clock, LIFE, OVERLAP));

      for (int i = 0; i < 10_000; i++) {
        cache.reject(token(cache.acquire()));
      }

      assertThat(issuer.calls(Mode.NORMAL)).isEqualTo(1 + 5);
      assertThat(issuer.calls(Mode.FORCED)).isEqualTo(stable ? 1 : 0);
      assertThat(scheduler.pending()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void longRun_aDayOfRejections_staysInTheBudgetOfEveryHourAndHeals(boolean stable) {
      useIssuer(
          stable
              ? FakeTokenIssuer.stable(clock, LIFE, OVERLAP)
              : FakeTokenIssuer.classic(clock, LIFE, OVERLAP));

      actAllDay(
          () -> {
            if (cache.acquire().getNow(new NoToken(DOWN, Duration.ZERO))
                instanceof AccessToken token) {
              cache.reject(token);
            }
          });

      assertWithinBudget();
      assertForcedAtMostOnceInFiveMinutes();
      assertThat(issuer.calls()).hasSizeGreaterThan(23 * CALLS_PER_HOUR);
      scheduler.advance(Duration.ofHours(1));
      assertUsableNow(token(cache.acquire()));
    }
  }

  @Nested
  class Fleet {
    @Test
    void acquire_storeDown_goesOnAlone() {
      store.breakDown();

      AccessToken first = token(cache.acquire());
      cache.reject(first);
      assertThat(serial(cache.acquire())).isEqualTo(2);
      scheduler.advance(UNTIL_STALE.plus(TIMER_STEP));

      assertThat(serial(cache.acquire())).isEqualTo(3);
      assertThat(issuer.calls())
          .extracting(FakeTokenIssuer.Call::mode)
          .containsExactly(Mode.NORMAL, Mode.NORMAL, Mode.FORCED, Mode.NORMAL);
    }

    @Test
    void acquire_storeFailsAfterTheLease_keepsTheIssuedToken() {
      issuer.hold();
      CompletableFuture<TokenResult> waiting = cache.acquire();
      store.breakDown();

      issuer.release();

      assertThat(serial(waiting)).isEqualTo(1);
    }

    @Test
    void acquire_storeBackAgain_sharesTheNextToken() {
      store.breakDown();
      cache.warmUp();
      store.recover();

      scheduler.advance(UNTIL_STALE.plus(TIMER_STEP));

      assertThat(store.load().toCompletableFuture().join().map(FakeTokenIssuer::serialOf))
          .contains(2);
    }

    @Test
    void acquire_emptyCacheAndTokenInTheStore_asksNobody() {
      AccessToken shared = saved(9, LIFE);

      assertThat(token(cache.acquire())).isEqualTo(shared);

      assertThat(issuer.calls()).isEmpty();
    }

    @Test
    void acquire_emptyCacheAndStaleTokenInTheStore_usesItAndRenewsIt() {
      AccessToken shared = saved(9, LIFE);
      clock.advance(UNTIL_STALE);
      issuer.hold();

      assertThat(token(cache.acquire())).isEqualTo(shared);
      scheduler.advance(TIMER_STEP);
      assertThat(issuer.calls()).hasSize(1);
      assertThat(token(cache.acquire())).isEqualTo(shared);

      issuer.release();
      assertThat(serial(cache.acquire())).isEqualTo(1);
      assertThat(issuer.calls()).hasSize(1);
    }

    @Test
    void acquire_unusableTokenInTheStore_asksWeChat() {
      saved(9, LIFE);
      clock.advance(UNTIL_UNUSABLE);

      assertThat(serial(cache.acquire())).isEqualTo(1);
    }

    @Test
    void acquire_staleTokenAndNewerInTheStore_adoptsThatWithoutAsking() {
      cache.warmUp();
      clock.advance(UNTIL_STALE);
      AccessToken shared = saved(9, LIFE);

      assertThat(serial(cache.acquire())).isEqualTo(1);

      assertThat(token(cache.acquire())).isEqualTo(shared);
      assertThat(issuer.calls()).hasSize(1);
    }

    @Test
    void acquire_staleTokenAndOlderInTheStore_asksWeChat() {
      cache.warmUp();
      AccessToken mine = token(cache.acquire());
      store.discard(mine);
      clock.advance(UNTIL_STALE);
      // Short-lived, so that it counts as fresh although it ends before the one in the cache.
      saved(9, Duration.ofMinutes(3));

      assertThat(token(cache.acquire())).isEqualTo(mine);

      assertThat(serial(cache.acquire())).isEqualTo(2);
      assertThat(issuer.calls()).hasSize(2);
    }

    @Test
    void reject_anotherTokenInTheStore_adoptsThatWithoutAsking() {
      AccessToken bad = token(cache.acquire());
      clock.advance(Duration.ofMinutes(1));
      AccessToken shared = saved(9, LIFE);

      cache.reject(bad);

      assertThat(token(cache.acquire())).isEqualTo(shared);
      assertThat(issuer.calls()).hasSize(1);
    }

    /** Its life was told in whole seconds, and is counted from the moment of asking. */
    @Test
    void reject_successorThatSeemsToEndALittleEarlier_isAdoptedWithoutAsking() {
      AccessToken bad = token(cache.acquire());
      store.discard(bad);
      clock.advance(Duration.ofMillis(400));
      AccessToken shared = saved(9, LIFE.minusSeconds(1));
      assertThat(bad.isNewerThan(shared)).isTrue();

      cache.reject(bad);

      assertThat(token(cache.acquire())).isEqualTo(shared);
      assertThat(issuer.calls()).hasSize(1);
    }

    @Test
    void reject_olderTokenInTheStore_asksWeChat() {
      store.breakDown();
      AccessToken bad = token(cache.acquire());
      store.recover();
      saved(9, LIFE.minusMinutes(10));

      cache.reject(bad);

      assertThat(serial(cache.acquire())).isEqualTo(2);
    }

    @Test
    void acquire_leaseHeldByAnother_waitsAndAdoptsItsToken() {
      Lease other = lease(Purpose.FETCH, TokenFetch.LEASE);
      CompletableFuture<TokenResult> waiting = cache.acquire();
      scheduler.advance(Duration.ofSeconds(3));
      assertThat(waiting).isNotDone();

      AccessToken shared = saved(9, LIFE);
      other.release();
      scheduler.advance(POLL);

      assertThat(token(waiting)).isEqualTo(shared);
      assertThat(issuer.calls()).isEmpty();
    }

    @Test
    void acquire_holderSavesBetweenOurLookAndOurLease_adoptsItsToken() {
      AtomicReference<@Nullable AccessToken> shared = new AtomicReference<>();
      store.beforeNextLease(() -> shared.set(saved(9, LIFE)));

      assertThat(token(cache.acquire())).isEqualTo(shared.get());

      assertThat(issuer.calls()).isEmpty();
      assertThat(lease(Purpose.FETCH, TokenFetch.LEASE)).isNotNull();
    }

    @Test
    void acquire_leaseHolderDies_takesOverAtTheEndOfItsLeaseAndAsksOnce() {
      assertThat(lease(Purpose.FETCH, TokenFetch.LEASE)).isNotNull();
      CompletableFuture<TokenResult> waiting = cache.acquire();

      scheduler.advance(TokenFetch.LEASE.minusNanos(1));
      assertThat(waiting).isNotDone();
      assertThat(issuer.calls()).isEmpty();

      scheduler.advance(POLL);
      assertThat(serial(waiting)).isEqualTo(1);
      assertThat(issuer.calls()).hasSize(1);
    }

    @Test
    void acquire_staleTokenAndLeaseHeldByAnother_goesOnWithTheOldOne() {
      cache.warmUp();
      clock.advance(UNTIL_STALE);
      assertThat(lease(Purpose.FETCH, TokenFetch.LEASE)).isNotNull();

      assertThat(serial(cache.acquire())).isEqualTo(1);
      scheduler.advance(TokenFetch.LEASE);

      assertThat(serial(cache.acquire())).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void acquire_issueEnds_leaseIsFreeForTheOthers(boolean success) {
      if (!success) {
        issuer.failWith(DOWN);
      }

      cache.warmUp();

      assertThat(lease(Purpose.FETCH, TokenFetch.LEASE)).isNotNull();
    }

    @Test
    void acquire_threeReplicasAtOnce_askOncePerLifeTogether() {
      useIssuer(FakeTokenIssuer.classic(clock, LIFE, OVERLAP));
      List<TokenCache> fleet = fleet();
      issuer.hold();
      List<CompletableFuture<TokenResult>> waiting =
          fleet.stream().map(TokenCache::acquire).toList();
      issuer.release();
      scheduler.advance(POLL);
      assertThat(waiting).allSatisfy(answer -> assertThat(serial(answer)).isEqualTo(1));

      int lives = 10;
      for (int life = 1; life < lives; life++) {
        scheduler.advance(UNTIL_STALE.plus(POLL));
        int expected = life + 1;
        assertThat(fleet)
            .allSatisfy(replica -> assertThat(serial(replica.acquire())).isEqualTo(expected));
      }

      assertThat(issuer.calls()).hasSize(lives);
    }

    @Test
    void reject_byAllReplicas_isRenewedOnceForTheFleet() {
      useIssuer(FakeTokenIssuer.classic(clock, LIFE, OVERLAP));
      List<TokenCache> fleet = fleet();
      fleet.forEach(TokenCache::warmUp);
      issuer.hold();

      List<CompletableFuture<TokenResult>> answers =
          fleet.stream()
              .map(
                  replica -> {
                    replica.reject(token(replica.acquire()));
                    return replica.acquire();
                  })
              .toList();
      issuer.release();
      scheduler.advance(POLL);

      assertThat(answers).allSatisfy(answer -> assertThat(serial(answer)).isEqualTo(2));
      assertThat(issuer.calls()).hasSize(2);
    }

    private List<TokenCache> fleet() {
      return List.of(cache, cacheAsking(issuer, clock), cacheAsking(issuer, clock));
    }
  }

  @Nested
  class Close {
    @Test
    void close_callersWaiting_completesThem() {
      issuer.hold();
      CompletableFuture<TokenResult> waiting = cache.acquire();

      cache.close();

      assertThat(none(waiting).refusal().explanation()).startsWith("the server is stopping");
      issuer.release();
      assertThat(scheduler.pending()).isZero();
    }

    @Test
    void close_noToken_answersAtOnceAndAsksNobody() {
      cache.close();

      assertThat(none(cache.acquire()).refusal().explanation())
          .startsWith("the server is stopping");
      assertThat(issuer.calls()).isEmpty();
    }

    @Test
    void close_usableToken_goesOnServingItWithoutRenewals() {
      cache.warmUp();

      cache.close();
      cache.close();
      assertThat(scheduler.pending()).isZero();
      scheduler.advance(UNTIL_STALE.plus(TIMER_STEP));

      assertThat(serial(cache.acquire())).isEqualTo(1);
      assertThat(issuer.calls()).hasSize(1);
      assertThat(scheduler.pending()).isZero();
    }

    @Test
    void close_duringARejectedRenewal_asksNoMore() {
      AccessToken bad = token(cache.acquire());
      clock.advance(UNTIL_STALE);
      issuer.answerOnceWith(new Issued(bad.value(), Duration.ofMinutes(4)));
      issuer.hold();
      cache.warmUp();
      cache.reject(bad);

      cache.close();
      issuer.release();

      assertThat(issuer.calls()).hasSize(2);
      assertThat(none(cache.acquire()).refusal().explanation())
          .startsWith("the server is stopping");
    }
  }

  @Nested
  class Log {
    private final Logger logger =
        (Logger) LoggerFactory.getLogger(TokenCache.class.getPackageName());
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
      lines.start();
      logger.addAppender(lines);
      logger.setLevel(Level.TRACE);
      logger.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
      logger.setAdditive(true);
      logger.setLevel(null);
      logger.detachAppender(lines);
    }

    @Test
    void log_everythingThatCanHappenToAToken_neverHoldsItsValue() {
      for (int i = 0; i < 10; i++) {
        cache.reject(token(cache.acquire()));
      }
      issuer.failWith(WRONG_SECRET);
      scheduler.advance(LIFE);
      issuer.recover();
      scheduler.advance(Duration.ofMinutes(5));

      assertThat(lines.list)
          .hasSizeGreaterThan(10)
          .extracting(ILoggingEvent::getFormattedMessage)
          .noneMatch(line -> line.contains("top-secret"));
    }

    @Test
    void log_weChatRejectsEverything_complainsOnceInFiveMinutes() {
      for (int i = 0; i < 1_000; i++) {
        cache.reject(token(cache.acquire()));
      }

      assertThat(lines.list)
          .extracting(ILoggingEvent::getLevel)
          .filteredOn(Level.ERROR::equals)
          .hasSize(1);
      assertThat(lines.list).hasSizeLessThan(30);
    }
  }

  private void actAllDay(Runnable action) {
    Duration step = Duration.ofSeconds(10);
    for (long i = 0; i < Duration.ofDays(1).dividedBy(step); i++) {
      action.run();
      scheduler.advance(step);
    }
  }

  private void assertWithinBudget() {
    List<FakeTokenIssuer.Call> calls = issuer.calls();
    for (int i = CALLS_PER_HOUR; i < calls.size(); i++) {
      assertThat(calls.get(i).at())
          .isAfterOrEqualTo(calls.get(i - CALLS_PER_HOUR).at().plus(Duration.ofHours(1)));
    }
  }

  private void assertForcedAtMostOnceInFiveMinutes() {
    List<Instant> forced =
        issuer.calls().stream()
            .filter(call -> call.mode() == Mode.FORCED)
            .map(FakeTokenIssuer.Call::at)
            .toList();
    for (int i = 1; i < forced.size(); i++) {
      assertThat(forced.get(i)).isAfterOrEqualTo(forced.get(i - 1).plus(Duration.ofMinutes(5)));
    }
  }

  /** Puts a token into the store, as another replica would. */
  private AccessToken saved(int serial, Duration life) {
    Instant now = clock.instant();
    AccessToken token = TestTokens.token(FakeTokenIssuer.valueOf(serial), now, now.plus(life));
    store.save(token).toCompletableFuture().join();
    return token;
  }

  /** Takes a lease, as another replica would. */
  private Lease lease(Purpose purpose, Duration duration) {
    return store.tryLease(purpose, duration).toCompletableFuture().join().orElseThrow();
  }

  private void assertUsableNow(AccessToken token) {
    assertThat(TokenPolicy.DEFAULT.freshness(token, clock.instant()))
        .isNotEqualTo(Freshness.EXPIRED);
  }

  private static AccessToken token(CompletableFuture<TokenResult> answer) {
    assertThat(answer).isCompletedWithValueMatching(AccessToken.class::isInstance);
    return (AccessToken) answer.join();
  }

  private static int serial(CompletableFuture<TokenResult> answer) {
    return FakeTokenIssuer.serialOf(token(answer));
  }

  private static NoToken none(CompletableFuture<TokenResult> answer) {
    assertThat(answer).isCompletedWithValueMatching(NoToken.class::isInstance);
    return (NoToken) answer.join();
  }
}
