package dev.wxnotify.server.redis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.RedisServerExtension;
import dev.wxnotify.server.testing.TestTokens;
import dev.wxnotify.server.token.AccessToken;
import dev.wxnotify.server.token.TokenStore;
import dev.wxnotify.server.token.TokenStore.Purpose;
import dev.wxnotify.server.token.TokenStoreContract;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RedisTokenStoreTest extends TokenStoreContract {
  @RegisterExtension static final RedisServerExtension redis = RedisServerExtension.with();

  private static final Links links = new Links();
  private static final InstantSource CLOCK = InstantSource.system();
  private static final Duration LIFE = Duration.ofHours(2);
  private static final Duration A_MOMENT = Duration.ofSeconds(10);
  private static final String SECRET = "very-secret-token";
  private static final String TOKEN_KEY = Links.PREFIX + "{token:wx-app:stable}";

  @SuppressWarnings("NullAway.Init")
  private static RedisLink link;

  @SuppressWarnings("NullAway.Init")
  private static RedisLink otherLink;

  @RegisterExtension final CapturedLog log = new CapturedLog();

  @BeforeAll
  static void connect() throws Exception {
    link = links.up(redis.url());
    otherLink = links.up(redis.url());
  }

  @AfterAll
  static void disconnect() {
    links.close();
  }

  @Override
  protected TokenStore store() {
    return new RedisTokenStore(link, "wx-app", "stable", CLOCK);
  }

  @Override
  protected TokenStore storeOfAnotherReplica() {
    return new RedisTokenStore(otherLink, "wx-app", "stable", CLOCK);
  }

  @Override
  protected Instant now() {
    return CLOCK.instant();
  }

  /** The clock of Redis cannot be faked: its keys are made to expire earlier. */
  @Override
  protected void letPass(Duration duration) throws IOException {
    redis.age(duration);
  }

  private static AccessToken token() {
    Instant received = CLOCK.instant().truncatedTo(ChronoUnit.MILLIS);
    return TestTokens.token(SECRET, received, received.plus(LIFE));
  }

  @Test
  void keys_ofOtherAppsAndKinds_areOthers() throws Exception {
    TokenStore otherApp = new RedisTokenStore(link, "wx-app2", "stable", CLOCK);
    TokenStore otherKind = new RedisTokenStore(link, "wx-app", "classic", CLOCK);

    Await.result(store().save(token()));
    Await.result(store().tryLease(Purpose.FETCH, LIFE));

    assertThat(Await.result(otherApp.load())).isEmpty();
    assertThat(Await.result(otherKind.load())).isEmpty();
    assertThat(Await.result(otherApp.tryLease(Purpose.FETCH, LIFE))).isPresent();
    assertThat(Await.result(otherKind.tryLease(Purpose.FETCH, LIFE))).isPresent();
  }

  @Test
  void keys_ofTokenAndLeases_nameTheAppAndNotTheToken() throws Exception {
    Await.result(store().save(token()));
    Await.result(store().tryLease(Purpose.FETCH, LIFE));
    Await.result(store().tryLease(Purpose.FORCE, LIFE));

    assertThat(redis.keys())
        .filteredOn(key -> !key.equals(Links.PREFIX + "probe"))
        .containsExactly(TOKEN_KEY, TOKEN_KEY + ":fetch", TOKEN_KEY + ":force");
  }

  @Test
  void save_aToken_livesInRedisAsLongAsTheToken() throws Exception {
    AccessToken token = token();

    Await.result(store().save(token));

    assertThat(redis.life(TOKEN_KEY)).isBetween(LIFE.minus(A_MOMENT), LIFE);
    assertThat(redis.get(TOKEN_KEY))
        .isEqualTo(
            token.expiresAt().toEpochMilli()
                + ":"
                + token.receivedAt().toEpochMilli()
                + ":"
                + SECRET);
  }

  @Test
  void save_aTokenThatIsOver_storesNothing() throws Exception {
    Instant received = now().minus(LIFE);

    Await.result(store().save(TestTokens.token(SECRET, received, received.plus(A_MOMENT))));

    assertThat(redis.calls("evalsha")).isZero();
    assertThat(Await.result(store().load())).isEmpty();
  }

  @Test
  void tryLease_taken_livesInRedisAsLongAsItWasTakenFor() throws Exception {
    Await.result(store().tryLease(Purpose.FETCH, LIFE));

    assertThat(redis.life(TOKEN_KEY + ":fetch")).isBetween(LIFE.minus(A_MOMENT), LIFE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "::",
        "1:2:",
        "1:2",
        "9:1:over",
        "rubbish",
        "a:b:c",
        "99999999999999999999:1:too-long",
        "1:99999999999:ends-before-it-came",
        "-1:-2:before-time"
      })
  void load_whatIsNoToken_isEmptyAndIsReplaced(String rubbish) throws Exception {
    redis.command("SET", TOKEN_KEY, rubbish);
    AccessToken token = token();

    assertThat(Await.result(store().load())).isEmpty();
    Await.result(store().discard(token));
    Await.result(store().save(token));
    assertThat(Await.result(storeOfAnotherReplica().load())).contains(token);

    assertThat(link.trouble()).isEmpty();
    assertThat(log.ofRedis(Level.WARN)).isEmpty();
  }
}
