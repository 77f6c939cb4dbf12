package dev.wxnotify.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeScheduler;
import dev.wxnotify.server.token.IssueResult.Refused;
import dev.wxnotify.server.token.TokenIssuer.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A refresh requested by an operator, and a changed secret. */
class TokenRefreshTest {
  private static final Duration LIFE = Duration.ofHours(2);
  private static final Duration OVERLAP = Duration.ofMinutes(5);
  private static final int CALLS_PER_HOUR = 30;
  private static final Refused WRONG_SECRET =
      new Refused(Refused.Kind.CREDENTIALS, 40125, "invalid appsecret", "6a-1-2");

  private final FakeClock clock = new FakeClock();
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final InMemoryTokenStore store = new InMemoryTokenStore(clock);
  private final FakeTokenIssuer issuer = FakeTokenIssuer.stable(clock, LIFE, OVERLAP);
  private final TokenCache cache = cache();

  private TokenCache cache() {
    return new TokenCache(
        "wx-test",
        issuer,
        store,
        TokenPolicy.DEFAULT,
        CALLS_PER_HOUR,
        clock,
        scheduler,
        () -> 0.0,
        TokenListener.NONE);
  }

  @Test
  void refresh_ofALivingToken_asksWeChatPastTheStore_andForcesNothing() {
    cache.warmUp();

    assertThat(serialOf(cache.refresh())).isEqualTo(1);

    assertThat(issuer.calls(Mode.NORMAL)).isEqualTo(2);
    assertThat(issuer.calls(Mode.FORCED)).isZero();
    assertThat(cache.status().callsLeft()).isEqualTo(CALLS_PER_HOUR - 2);
  }

  @Test
  void refresh_whileOneIsUnderWay_isThatOne() {
    issuer.hold();
    cache.warmUp();

    Optional<CompletableFuture<TokenResult>> refresh = cache.refresh();
    issuer.release();

    assertThat(serialOf(refresh)).isEqualTo(1);
    assertThat(issuer.calls()).hasSize(1);
  }

  @Test
  void refresh_thatFails_keepsTheTokenAndItsRenewal() {
    cache.warmUp();
    issuer.failWith(WRONG_SECRET);

    assertThat(cache.refresh().orElseThrow())
        .isCompletedWithValueMatching(NoToken.class::isInstance);
    assertThat(serial(cache.acquire())).isEqualTo(1);
    assertThat(cache.status().trouble()).isEqualTo(WRONG_SECRET);

    issuer.recover();
    scheduler.advance(LIFE.minusMinutes(3)); // It is renewed even without calls.
    assertThat(serial(cache.acquire())).isEqualTo(2);
  }

  @Test
  void refresh_inThePauseAfterAFailure_asksAtOnce() {
    issuer.failWith(WRONG_SECRET);
    cache.warmUp();
    issuer.recover();

    assertThat(serialOf(cache.refresh())).isEqualTo(1);
    assertThat(cache.status().trouble()).isNull();
  }

  @Test
  void refresh_tooOften_isRefusedUntilTheHourIsOver() {
    for (int i = 0; i < 10; i++) {
      assertThat(cache.refresh()).isPresent();
    }
    assertThat(cache.refresh()).isEmpty();
    assertThat(issuer.calls()).hasSize(10);

    scheduler.advance(Duration.ofHours(1));
    assertThat(cache.refresh()).isPresent();
  }

  @Test
  void refresh_budgetOfTheHourIsSpent_asksNobodyAndKeepsTheToken() {
    TokenCache frugal =
        new TokenCache(
            "wx-test",
            issuer,
            store,
            TokenPolicy.DEFAULT,
            3,
            clock,
            scheduler,
            () -> 0.0,
            TokenListener.NONE);
    frugal.warmUp();
    assertThat(frugal.refresh()).isPresent();
    assertThat(frugal.refresh()).isPresent();
    assertThat(frugal.status().callsLeft()).isZero();

    assertThat(frugal.refresh().orElseThrow())
        .isCompletedWithValueMatching(NoToken.class::isInstance);

    assertThat(issuer.calls()).hasSize(3);
    assertThat(serial(frugal.acquire())).isEqualTo(1);
  }

  /**
   * Only a rejected token causes a forced refresh, once in five minutes: an operator forces none.
   */
  @Test
  void refresh_ofATokenThatWasRejected_forcesNothingByItself() {
    cache.warmUp();
    cache.reject((AccessToken) cache.acquire().join());
    cache.reject((AccessToken) cache.acquire().join());
    assertThat(serial(cache.acquire())).as("WeChat vouched for it").isEqualTo(2);
    assertThat(issuer.calls(Mode.FORCED)).isEqualTo(1);

    for (Duration pause : List.of(Duration.ZERO, Duration.ofMinutes(1), Duration.ofMinutes(5))) {
      scheduler.advance(pause);
      assertThat(serialOf(cache.refresh())).isEqualTo(2);
    }
    assertThat(issuer.calls(Mode.FORCED)).isEqualTo(1);

    issuer.hold(); // A refresh is in progress when the token is rejected again.
    Optional<CompletableFuture<TokenResult>> refresh = cache.refresh();
    cache.reject((AccessToken) cache.acquire().join());
    issuer.release();
    assertThat(refresh.orElseThrow()).isCompleted();
    assertThat(serial(cache.acquire())).isEqualTo(3);
    assertThat(serialOf(cache.refresh())).isEqualTo(3);
    assertThat(issuer.calls(Mode.FORCED)).isEqualTo(2);
  }

  @Test
  void refresh_ofAClosedCache_asksNobody() {
    cache.close();

    assertThat(cache.refresh().orElseThrow())
        .isCompletedWithValueMatching(NoToken.class::isInstance);
    assertThat(issuer.calls()).isEmpty();
  }

  @Test
  void status_ofASharedToken_saysSo() {
    cache.warmUp();
    TokenCache other = cache();
    other.warmUp();

    assertThat(cache.status().isShared()).isFalse();
    assertThat(other.status().isShared()).isTrue();
    assertThat(other.status().fingerprint()).isEqualTo(cache.status().fingerprint()).hasSize(8);
    assertThat(other.status().freshness()).isEqualTo(Freshness.FRESH);
  }

  @Test
  void tryAgain_afterARefusal_asksAtOnce() {
    issuer.failWith(WRONG_SECRET);
    cache.warmUp();
    issuer.recover();

    cache.tryAgain();
    scheduler.advance(Duration.ofMillis(1));

    assertThat(issuer.calls()).hasSize(2);
    assertThat(serial(cache.acquire())).isEqualTo(1);
  }

  /** The call in progress still has the old secret. */
  @Test
  void tryAgain_whileACallIsUnderWayThatFails_asksAtOnceAfterIt() {
    issuer.hold();
    cache.warmUp();
    cache.tryAgain();
    issuer.answerOnceWith(WRONG_SECRET);
    issuer.release();

    scheduler.advance(Duration.ofMillis(1));

    assertThat(serial(cache.acquire())).isEqualTo(1);
  }

  @Test
  void tryAgain_withoutAFailure_asksNobody() {
    cache.warmUp();

    cache.tryAgain();
    scheduler.advance(Duration.ofMinutes(1));

    assertThat(issuer.calls()).hasSize(1);
  }

  private static int serialOf(Optional<CompletableFuture<TokenResult>> answer) {
    return serial(answer.orElseThrow());
  }

  private static int serial(CompletableFuture<TokenResult> answer) {
    assertThat(answer).isCompletedWithValueMatching(AccessToken.class::isInstance);
    return FakeTokenIssuer.serialOf((AccessToken) answer.join());
  }
}
