package dev.wxnotify.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeScheduler;
import dev.wxnotify.server.token.IssueResult.Issued;
import dev.wxnotify.server.token.IssueResult.Refused;
import dev.wxnotify.server.token.TokenIssuer.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a listener learns about tokens, that its faults do no harm, and what the status shows. */
final class TokenListenerTest {
  private static final Duration LIFE = Duration.ofHours(2);
  private static final Refused REFUSED =
      new Refused(Refused.Kind.CREDENTIALS, 40125, "invalid appsecret", "6a-1-2");
  private static final Refused BUSY = new Refused(Refused.Kind.BUSY, -1, "busy", "6a-1-3");

  private final FakeClock clock = new FakeClock();
  private final FakeScheduler timer = new FakeScheduler(clock);
  private final List<String> heard = new ArrayList<>();
  private IssueResult answer = new Issued("secret-1", LIFE);

  private TokenCache cache(TokenListener listener) {
    return new TokenCache(
        "wx-app",
        mode -> CompletableFuture.completedStage(answer),
        new InMemoryTokenStore(clock),
        TokenPolicy.DEFAULT,
        30,
        clock,
        timer,
        () -> 0,
        listener);
  }

  private final TokenListener recording =
      new TokenListener() {
        @Override
        public void fetched(String appId, Mode mode, IssueResult result) {
          heard.add(appId + " " + mode + " " + result);
        }

        @Override
        public void rejected(String appId) {
          heard.add(appId + " rejected");
        }
      };

  @Test
  void fetchesAndRejections_areHeard() {
    TokenCache cache = cache(recording);
    AccessToken token = (AccessToken) cache.acquire().join();
    cache.reject(token);
    cache.reject(token);
    cache.acquire().join();

    assertThat(heard)
        .containsExactly(
            "wx-app NORMAL Issued[PT2H]",
            "wx-app rejected",
            "wx-app NORMAL Issued[PT2H]",
            "wx-app FORCED Issued[PT2H]");
  }

  @Test
  void brokenListener_harmsNoToken() {
    TokenCache cache =
        cache(
            new TokenListener() {
              @Override
              public void fetched(String appId, Mode mode, IssueResult result) {
                throw new IllegalStateException("broken on purpose");
              }

              @Override
              public void rejected(String appId) {
                throw new AssertionError("broken on purpose");
              }
            });

    AccessToken token = (AccessToken) cache.acquire().join();
    answer = new Issued("secret-2", LIFE);
    cache.reject(token);

    assertThat(((AccessToken) cache.acquire().join()).value()).isEqualTo("secret-2");
  }

  @Test
  void status_beforeTheFirstFetch_knowsNothing() {
    TokenStatus status = cache(TokenListener.NONE).status();

    assertThat(status)
        .isEqualTo(
            new TokenStatus(null, null, null, 30, null, false, "", null, TokenSource.WECHAT, null));
    assertThat(status.hasToken(clock.instant())).isFalse();
    assertThat(status.isRefused()).isFalse();
  }

  @Test
  void status_withAToken_tellsItsTimesAndNotItsValue() {
    TokenCache cache = cache(TokenListener.NONE);
    cache.warmUp();

    TokenStatus status = cache.status();

    assertThat(status)
        .isEqualTo(
            new TokenStatus(
                clock.instant(),
                clock.instant().plus(LIFE),
                null,
                29,
                Freshness.FRESH,
                false,
                status.fingerprint(),
                null,
                TokenSource.WECHAT,
                clock.instant().plus(LIFE)))
        .asString()
        .doesNotContain("secret");
    assertThat(status.hasToken(clock.instant().plus(LIFE).minusNanos(1))).isTrue();
    assertThat(status.hasToken(clock.instant().plus(LIFE))).isFalse();
  }

  @Test
  void status_credentialsRefused_saysSoUntilATokenComes() {
    TokenCache cache = cache(TokenListener.NONE);
    answer = REFUSED;
    cache.warmUp();
    assertThat(cache.status().trouble()).isEqualTo(REFUSED);
    assertThat(cache.status().isRefused()).isTrue();

    answer = new Issued("secret-1", LIFE);
    timer.advance(Duration.ofMinutes(1));

    assertThat(cache.status().trouble()).isNull();
    assertThat(cache.status().isRefused()).isFalse();
  }

  @Test
  void status_renewalFails_keepsTheTokenBesideTheTrouble() {
    TokenCache cache = cache(TokenListener.NONE);
    cache.warmUp();
    answer = BUSY;
    timer.advance(LIFE.minusMinutes(3));

    TokenStatus status = cache.status();

    assertThat(status.trouble()).isEqualTo(BUSY);
    assertThat(status.isRefused()).isFalse();
    assertThat(status.hasToken(clock.instant())).isTrue();
  }

  @Test
  void status_callsLeft_growWithTheHour() {
    TokenCache cache = cache(TokenListener.NONE);
    cache.warmUp();
    assertThat(cache.status().callsLeft()).isEqualTo(29);

    clock.advance(Duration.ofHours(1));

    assertThat(cache.status().callsLeft()).isEqualTo(30);
  }
}
