package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wxnotify.server.redis.RedisLink;
import dev.wxnotify.server.testing.TestCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Redis. */
class RedisKeysTest extends ConfigFixture {
  RedisKeysTest(@TempDir Path directory) {
    super(directory);
  }

  @Test
  void redis_keysBesideTheUrl_haveTheDefaultsOfTheManual() throws Exception {
    ServerSettings settings =
        load(with(ONE_APP, "wxnotify.redis.url", "redis://:s3cret@cache:6379"), Map.of());

    assertThat(settings.redis())
        .isEqualTo(
            new RedisLink.Settings(
                "redis://:s3cret@cache:6379",
                null,
                "wxnotify:",
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                null));
    assertThat(settings.toString()).doesNotContain("s3cret");
  }

  @ParameterizedTest
  @CsvSource({"3s, 3000", "100ms, 100", "50ms, 100"})
  void redisClaimTimeout_isNotBelowThatOfCommands(String given, long millis) throws Exception {
    Map<String, String> keys = with(ONE_APP, "wxnotify.redis.url", "redis://cache:6379");

    assertThat(
            redis(load(with(keys, "wxnotify.redis.claim-timeout", given), Map.of())).claimTimeout())
        .isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://:s3cret@cache", "redis://", "redis-cluster://", "s3cret cache"})
  void redis_urlOfAnotherForm_isAMistakeThatDoesNotRepeatIt(String url) {
    assertThatThrownBy(() -> load(with(ONE_APP, "wxnotify.redis.url", url), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("wxnotify.redis.url: expected: redis://")
        .hasMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @CsvSource({
    "redis://cache, s3cret, ",
    "redis://user@cache, s3cret, ",
    "redis-cluster://user:@cache, s3cret, ",
    "redis://:s3cret@cache, s3cret, expected: no password in wxnotify.redis.url",
    "redis://user:s3cret@cache, s3cret, expected: no password in wxnotify.redis.url",
    "redis://cache, ' ', is empty",
    "redis://cache, , does not exist",
    "redis://cache, \"s3cret\", has quotes around it",
    "redis://cache, 's3cret\nmore', has more than one line",
    "'redis-cluster://user:s3cret@a,b', s3cret, expected: no password in wxnotify.redis.url",
  })
  void redisPassword_ofAFile_isOneOfTwo(
      String url, @Nullable String content, @Nullable String mistake) throws Exception {
    Path file = directory.resolve("password");
    if (content != null) {
      Files.writeString(file, content);
    }
    String key = "wxnotify.redis.password-file";
    Map<String, String> keys = with(with(ONE_APP, "wxnotify.redis.url", url), key, file.toString());

    if (mistake == null) {
      assertThat(redis(load(keys, Map.of())).passwordFile()).isEqualTo(file);
    } else {
      assertThatThrownBy(() -> load(keys, Map.of()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining(key + ": ")
          .hasMessageContaining(mistake)
          .hasMessageNotContaining("s3cret");
    }
  }

  @Test
  void redisCa_aPemFile_isRead() throws Exception {
    Path file = Files.writeString(directory.resolve("ca.pem"), new TestCa("ca").pem());
    Map<String, String> keys =
        with(
            with(ONE_APP, "wxnotify.redis.url", "rediss://cache:6379"),
            "wxnotify.redis.ca-certificate",
            file.toString());

    assertThat(redis(load(keys, Map.of())).caCertificate()).isEqualTo(file);
  }

  @Test
  void redisCa_noUseOrNoCertificate_isAMistake() throws Exception {
    Path rubbish = Files.writeString(directory.resolve("rubbish.pem"), "rubbish");
    Path empty = Files.writeString(directory.resolve("empty.pem"), "");
    String key = "wxnotify.redis.ca-certificate";
    Map<String, String> tls = with(ONE_APP, "wxnotify.redis.url", "rediss://cache:6379");

    for (Path file : List.of(rubbish, empty, directory.resolve("none.pem"))) {
      assertThatThrownBy(() -> load(with(tls, key, file.toString()), Map.of()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining(key + ": ")
          .hasMessageNotContaining(file.toString());
    }
    assertThatThrownBy(
            () ->
                load(
                    with(
                        with(ONE_APP, "wxnotify.redis.url", "redis://cache:6379"),
                        key,
                        rubbish.toString()),
                    Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(key + ": is for TLS only");
  }

  private static RedisLink.Settings redis(ServerSettings settings) {
    return Objects.requireNonNull(settings.redis());
  }

  /** A claim that gives up as early as other commands lets out a second copy. */
  @Test
  void claimTimeout_byDefault_isMuchLongerThanThatOfOtherCommands() {
    assertThat(RedisKeys.CLAIM_TIMEOUT.defaultValue())
        .isGreaterThanOrEqualTo(RedisKeys.COMMAND_TIMEOUT.defaultValue().multipliedBy(5));
  }
}
