package dev.wxnotify.server.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.RedisServerExtension;
import dev.wxnotify.server.token.TokenReader;
import dev.wxnotify.server.token.TokenReader.Found;
import dev.wxnotify.server.token.TokenReader.NotFound;
import dev.wxnotify.server.token.TokenReader.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tokens of other systems in a real Redis. */
@Timeout(60)
class RedisTokensTest {
  private static final String KEY = "wa:access_token:wx-test";
  private static final String TOKEN = "98_token-of-wxjava";

  @RegisterExtension final RedisServerExtension redis = RedisServerExtension.with();

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<RedisTokens> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(RedisTokens::close);
    timer.shutdownNow();
  }

  private TokenReader reader(String url) {
    RedisTokens tokens =
        new RedisTokens(
            new RedisLink.Settings(
                url, null, "prefix:", Duration.ofSeconds(5), Duration.ofSeconds(5), null),
            timer);
    opened.add(tokens);
    return tokens.reader(KEY);
  }

  private static Reading read(TokenReader reader) throws Exception {
    return Await.result(reader.read());
  }

  private static String why(Reading reading) {
    return ((NotFound) reading).why().explanation();
  }

  @Test
  void key_withALife_isReadAgainWhenThatEnds() throws Exception {
    redis.command("SET", KEY, TOKEN, "PX", "600000");

    assertThat(read(reader(redis.url())))
        .isInstanceOfSatisfying(
            Found.class,
            found -> {
              assertThat(found.value()).isEqualTo(TOKEN);
              assertThat(found.life()).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
              assertThat(found.again()).isEqualTo(found.life());
              assertThat(found.grace()).isEqualTo(Duration.ofSeconds(200));
            });
  }

  @Test
  void key_withoutALife_isReadAgainEveryMinute() throws Exception {
    redis.command("SET", KEY, TOKEN + "\n");

    assertThat(read(reader(redis.url())))
        .isEqualTo(
            new Found(TOKEN, Duration.ofMinutes(2), Duration.ofMinutes(1), Duration.ofHours(2)));
  }

  @Test
  void key_thatIsAbout_toEnd_isNotReadWithoutPause() throws Exception {
    TokenReader reader = reader(redis.url());
    List<Reading> readings = new ArrayList<>();
    Await.until(
        "it is read before its end",
        () -> {
          redis.command("SET", KEY, TOKEN, "PX", "900");
          readings.add(read(reader));
          return readings.get(readings.size() - 1) instanceof Found;
        });

    assertThat(readings.get(readings.size() - 1))
        .isInstanceOfSatisfying(
            Found.class,
            found -> assertThat(found.again()).isGreaterThanOrEqualTo(Duration.ofSeconds(1)));
  }

  @Test
  void noKey_isSaid() throws Exception {
    assertThat(why(read(reader(redis.url()))))
        .isEqualTo("the key of token.redis-key does not exist");
  }

  /** As Redisson's default codec and Java's serialization write it. */
  @ParameterizedTest
  @ValueSource(
      strings = {"\u0003\u0001token", "\u00ac\u00ed\u0000\u0005t\u0000\u0005token", " ", ""})
  void value_thatIsNoText_isExplained_andNotRepeated(String value) throws Exception {
    redis.command("SET", KEY, value);

    assertThat(why(read(reader(redis.url()))))
        .startsWith("the value under token.redis-key is")
        .contains("StringCodec")
        .doesNotContain("token\u0005");
  }

  @Test
  void hash_isExplained() throws Exception {
    redis.command("HSET", KEY, "value", TOKEN);

    assertThat(why(read(reader(redis.url()))))
        .isEqualTo("the key of token.redis-key holds no string (WRONGTYPE)");
  }

  /** A user of the other system's Redis that may do nothing but read. */
  @Test
  void userThatMayOnlyRead_suffices() throws Exception {
    redis.command("SET", KEY, TOKEN);
    redis.command("ACL", "SETUSER", "reader", "on", ">secret-1", "~wa:*", "+get", "+pttl");

    assertThat(read(reader(redis.url().replace("redis://", "redis://reader:secret-1@"))))
        .isInstanceOf(Found.class);
  }

  @Test
  void wrongPassword_isExplained_andNotRepeated() throws Exception {
    redis.command("ACL", "SETUSER", "reader", "on", ">secret-1", "~wa:*", "+get", "+pttl");

    assertThat(why(read(reader(redis.url().replace("redis://", "redis://reader:secret-2@")))))
        .contains("cannot be read")
        .doesNotContain("secret");
  }

  @Test
  void redisThatIsAway_isExplained_andFoundAgain() throws Exception {
    redis.command("SET", KEY, TOKEN);
    TokenReader reader = reader(redis.url());
    assertThat(read(reader)).isInstanceOf(Found.class);
    redis.stop();

    assertThat(why(read(reader))).startsWith("the Redis of token.redis-key cannot be read");
    redis.start();
    redis.command("SET", KEY, TOKEN);
    Await.until("it is read again", () -> read(reader) instanceof Found);
  }

  @Test
  void redisThatHangs_isGivenUp_andFoundAgain() throws Exception {
    redis.command("SET", KEY, TOKEN);
    TokenReader reader = reader(redis.url());
    assertThat(read(reader)).isInstanceOf(Found.class);
    redis.freeze();
    try {
      assertThat(why(read(reader))).startsWith("the Redis of token.redis-key cannot be read");
    } finally {
      redis.thaw();
    }
    Await.until("it is read again", () -> read(reader) instanceof Found);
  }
}
