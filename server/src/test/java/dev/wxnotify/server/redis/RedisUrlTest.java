package dev.wxnotify.server.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisUrlTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis://cache",
        "redis://cache:6379",
        "rediss://cache.example.com:6380/3",
        "redis://10.0.0.1",
        "redis://[::1]:6379",
        "redis://my_cache:6379",
        "redis://:p%40ss@cache",
        "redis://user:p%40ss@cache:6379/1",
        "redis://user@cache",
        "redis-sentinel://a:26379,b:26379,c/0#master",
        "rediss-sentinel://:pw@a,b#my-master",
        "redis-sentinel://a,b/0?sentinelMasterId=master",
        "redis-cluster://a:1,b:2",
        "rediss-cluster://user:pw@a:1,b:2",
        "redis://cache?timeout=3s",
      })
  void url_ofTheKnownForms_isTaken(String url) {
    assertThat(RedisLink.isValidUrl(url)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "cache",
        "cache:6379",
        "redis:cache",
        "redis://",
        "redis:///",
        "redis://:6379",
        "redis://:PW@:bad:port",
        "redis://:PW@cache:bad",
        "redis://:PW@cache:0",
        "redis://:PW@cache:65536",
        "redis://:PW@cache:6379:6379",
        "redis://:PW@",
        "redis://:PW@cache,other",
        "redis://cache:6379/one",
        "redis://cache#master",
        "redis://ca che",
        "redis://::1",
        "redis-sentinel://a:26379,b:26379",
        "redis-sentinel://a:26379,:bad#master",
        "redis-sentinel://a:26379,,b#master",
        "redis-sentinel://#master",
        "redis-cluster://",
        "redis-cluster://a:1,b:bad",
        "redis-cluster://a:1,",
        "redis-cluster://a#master",
        "http://cache",
        "redis-socket:///run/redis",
        "redis://user:p%zz@cache",
        "redis://user:pw@part@cache",
        "redis://:p@ss@127.0.0.1:6379",
        "redis-cluster://user:p@ss@a:1,b:2",
      })
  void url_ofAnotherForm_isNone(String url) {
    assertThat(RedisLink.isValidUrl(url)).isFalse();
  }

  /** The JDK finds no user if there are several hosts, or an underscore in one. */
  @ParameterizedTest
  @CsvSource({
    "redis://cache, , false",
    "redis://user@cache, user, false",
    "redis://user:@cache, user, false",
    "redis://:pw@cache, , true",
    "redis://us%2Fer:pw@my_cache, us/er, true",
    "redis://a+b:pw@cache, a+b, true",
    "'redis-cluster://user@a:1,b:2', user, false",
    "'redis-sentinel://:pw@a,b#m', , true",
    "'redis-cluster://user:pw@a:1,b:2', user, true",
  })
  void login_isSeenInEveryForm(String url, @Nullable String user, boolean hasPassword) {
    RedisUrl parsed = RedisUrl.of(url).orElseThrow();

    assertThat(parsed.user()).isEqualTo(Optional.ofNullable(user));
    assertThat(RedisLink.hasPassword(url)).isEqualTo(hasPassword);
  }

  @Test
  void text_ofAnUrl_holdsNoPassword() {
    assertThat(RedisUrl.of("redis://user:s3cr3t@cache").orElseThrow().toString())
        .doesNotContain("s3cr3t");
  }
}
