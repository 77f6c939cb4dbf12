package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.redis.RedisLink;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the tokens of apps come from, and who may have them. */
class TokenKeysTest extends ConfigFixture {
  private static final String APP = "wxnotify.apps.shop.";
  private static final String TOKEN = APP + "token.";

  TokenKeysTest(@TempDir Path directory) {
    super(directory);
  }

  private static Map<String, String> app(String source, String... more) {
    Map<String, String> keys = new HashMap<>();
    keys.put(APP + "app-id", "wx-shop");
    keys.put(TOKEN + "source", source);
    for (int i = 0; i < more.length; i += 2) {
      keys.put(more[i], more[i + 1]);
    }
    return keys;
  }

  @Test
  void url_withABearerToken_isRead() throws Exception {
    TokenSettings token =
        app(load(
                app(
                    "url",
                    TOKEN + "url",
                    "https://tokens.internal/wx?app=shop",
                    TOKEN + "bearer-token",
                    "b-1"),
                Map.of()))
            .token();

    assertThat(token)
        .isEqualTo(
            new TokenSettings.FromUrl(
                URI.create("https://tokens.internal/wx?app=shop"), "b-1", null));
    assertThat(token.toString()).doesNotContain("b-1", "app=shop");
  }

  @Test
  void url_withAFileOfItsBearerToken_isRead() throws Exception {
    Path file = Files.writeString(directory.resolve("bearer"), "b-2\n");

    assertThat(
            app(load(
                    app(
                        "URL",
                        TOKEN + "url",
                        "http://127.0.0.1:9/token",
                        TOKEN + "bearer-token-file",
                        file.toString()),
                    Map.of()))
                .token())
        .isEqualTo(new TokenSettings.FromUrl(URI.create("http://127.0.0.1:9/token"), "b-2", file));
  }

  @Test
  void redis_isThatOfTheServer_orItsOwn() throws Exception {
    Map<String, String> keys =
        app(
            "redis",
            TOKEN + "redis-key",
            "wa:access_token:{appid}",
            "wxnotify.redis.url",
            "redis://a");
    TokenSettings.FromRedis shared = (TokenSettings.FromRedis) app(load(keys, Map.of())).token();
    TokenSettings.FromRedis own =
        (TokenSettings.FromRedis)
            app(load(with(keys, TOKEN + "redis-url", "redis://:pw@b:7"), Map.of())).token();

    assertThat(shared.key()).isEqualTo("wa:access_token:wx-shop");
    assertThat(shared.redis()).isEqualTo(load(keys, Map.of()).redis());
    assertThat(own.redis())
        .isEqualTo(
            new RedisLink.Settings(
                "redis://:pw@b:7", null, "", Duration.ofMillis(100), Duration.ofSeconds(1), null));
    assertThat(own.toString()).doesNotContain("pw");
  }

  @Test
  void redis_passwordInAFile_isThatOfItsOwnUrlOnly() throws Exception {
    Path file = Files.writeString(directory.resolve("password"), "pw-1\n");
    Map<String, String> keys =
        app(
            "redis",
            TOKEN + "redis-key",
            "k",
            TOKEN + "redis-password-file",
            file.toString(),
            "wxnotify.redis.url",
            "redis://a");

    assertThat(
            ((TokenSettings.FromRedis)
                    app(load(with(keys, TOKEN + "redis-url", "redis://u@b"), Map.of())).token())
                .redis()
                .passwordFile())
        .isEqualTo(file);
    assertThat(mistakes(keys, Map.of()))
        .containsExactly(TOKEN + "redis-password-file: needs token.redis-url");
    assertThat(mistakes(with(keys, TOKEN + "redis-url", "redis://:pw@b"), Map.of()))
        .containsExactly(
            TOKEN + "redis-password-file: expected: no password in token.redis-url, or no file");
  }

  @Test
  void cloudbase_hasTheHostingsFile_orAnother() throws Exception {
    assertThat(app(load(app("cloudbase"), Map.of())).token())
        .isEqualTo(
            new TokenSettings.FromCloudbase(
                Path.of("/.tencentcloudbase/wx/cloudbase_access_token")));
    assertThat(
            app(load(app("cloudbase", TOKEN + "cloudbase-file", "/not/there/yet"), Map.of()))
                .token())
        .isEqualTo(new TokenSettings.FromCloudbase(Path.of("/not/there/yet")));
  }

  @Test
  void none_mayUseHttp() throws Exception {
    ServerSettings settings =
        load(app("none", APP + "base-url", "http://api.weixin.qq.com"), Map.of());

    assertThat(app(settings).token()).isEqualTo(new TokenSettings.NotNeeded());
    assertThat(app(settings).baseUrl()).isEqualTo(URI.create("http://api.weixin.qq.com"));
  }

  @Test
  void environment_hasTheKeysToo() throws Exception {
    assertThat(
            app(load(Map.of(), variables(app("cloudbase", TOKEN + "cloudbase-file", "/a"))))
                .token())
        .isEqualTo(new TokenSettings.FromCloudbase(Path.of("/a")));
  }

  @ParameterizedTest
  @CsvSource({
    "url,token.url",
    "redis,token.redis-key",
    "redis,token.redis-url",
  })
  void mistake_keyThatASourceNeeds_isNamed(String source, String key) throws Exception {
    assertThat(mistakes(app(source), Map.of()))
        .anySatisfy(
            text ->
                assertThat(text)
                    .startsWith(APP + key + ": is required for token.source=" + source));
  }

  /** All at once, and each by its key. */
  @Test
  void mistakes_keysOfOtherSources_areNamedAllAtOnce() throws Exception {
    Map<String, String> keys =
        app(
            "none",
            APP + "app-secret",
            SECRET,
            TOKEN + "url",
            "https://tokens.internal",
            TOKEN + "bearer-token",
            "b",
            TOKEN + "redis-key",
            "k",
            TOKEN + "redis-url",
            "redis://a",
            TOKEN + "cloudbase-file",
            "/a");

    assertThat(mistakes(keys, Map.of()))
        .hasSize(6)
        .allSatisfy(text -> assertThat(text).contains("only, and it is none"))
        .noneMatch(text -> text.contains(SECRET))
        .anySatisfy(text -> assertThat(text).startsWith(APP + "app-secret: is for"))
        .anySatisfy(text -> assertThat(text).startsWith(TOKEN + "cloudbase-file: is for"));
  }

  @Test
  void mistake_wechatWithoutASecret_isToldAsEver() throws Exception {
    assertThat(mistakes(app("wechat"), Map.of()))
        .containsExactly(
            "wxnotify.apps.shop: expected: exactly one of app-secret and app-secret-file");
  }

  @Test
  void mistake_twoBearerTokens_isNamed() throws Exception {
    Path file = Files.writeString(directory.resolve("bearer"), "b-2\n");

    assertThat(
            mistakes(
                app(
                    "url",
                    TOKEN + "url",
                    "https://tokens.internal",
                    TOKEN + "bearer-token",
                    "b",
                    TOKEN + "bearer-token-file",
                    file.toString()),
                Map.of()))
        .containsExactly(TOKEN + "bearer-token-file: expected: no token.bearer-token, or no file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"two words", "中文", "\"quoted\""})
  void mistake_bearerTokenThatIsNoHeader_isNamed(String bearer) throws Exception {
    assertThat(
            mistakes(
                app("url", TOKEN + "url", "https://a", TOKEN + "bearer-token", bearer), Map.of()))
        .singleElement()
        .asString()
        .startsWith(TOKEN + "bearer-token: ")
        .doesNotContain(bearer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://tokens.internal/wx",
        "https://user:pw@tokens.internal/wx",
        "https://tokens.internal/wx#part",
        "ftp://tokens.internal",
        "tokens.internal",
        "https://tokens.internal/令牌"
      })
  void mistake_urlOfAnotherForm_isNamed(String url) throws Exception {
    assertThat(mistakes(app("url", TOKEN + "url", url), Map.of()))
        .singleElement()
        .asString()
        .startsWith(TOKEN + "url: ")
        .doesNotContain("pw");
  }

  @ParameterizedTest
  @ValueSource(strings = {"wechat", "url", "redis", "cloudbase"})
  void mistake_httpWhereASecretTravels_isNamed(String source) throws Exception {
    assertThat(mistakes(app(source, APP + "base-url", "http://api.weixin.qq.com"), Map.of()))
        .anySatisfy(
            text ->
                assertThat(text)
                    .startsWith(APP + "base-url: http beyond loopback")
                    .contains("none"));
  }

  @Test
  void mistake_unknownSource_namesTheKnownOnes() throws Exception {
    assertThat(mistakes(app("vault"), Map.of()))
        .anySatisfy(
            text ->
                assertThat(text)
                    .startsWith(TOKEN + "source: expected: wechat, url, redis, cloudbase or none"));
  }

  // Who may have tokens.

  @Test
  void caller_withTheRight_mayHaveTokens() throws Exception {
    Map<String, String> keys =
        with(
            ONE_APP,
            Map.of(
                "wxnotify.grpc.callers.crm.token-sha256",
                HASH,
                "wxnotify.grpc.callers.crm.tokens",
                "true"));

    assertThat(load(keys, Map.of()).grpc().callers())
        .singleElement()
        .satisfies(
            caller -> {
              assertThat(caller.mayHaveTokens()).isTrue();
              assertThat(caller.isOperator()).isFalse();
            });
  }

  @Test
  void mistake_anonymousTokensBesideCallersOrBeyondLoopback_isNamed() throws Exception {
    String key = "wxnotify.grpc.allow-anonymous-tokens";
    Map<String, String> keys = with(ONE_APP, key, "true");

    assertThat(mistakes(with(keys, "wxnotify.grpc.callers.crm.token-sha256", HASH), Map.of()))
        .singleElement()
        .asString()
        .startsWith(key + ": is for a server that asks for no credentials");
    assertThat(
            mistakes(
                with(
                    keys,
                    Map.of(
                        "wxnotify.grpc.host", "0.0.0.0", "wxnotify.grpc.allow-anonymous", "true")),
                Map.of()))
        .singleElement()
        .asString()
        .startsWith(key + ": is for a loopback address only");
  }
}
