package dev.wxnotify.server.config;

import dev.wxnotify.server.redis.RedisLink;
import dev.wxnotify.server.token.TokenSource;
import dev.wxnotify.server.wechat.AppSecret;
import dev.wxnotify.server.wechat.BearerTokens;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads where the token of one app comes from, and where its calls go. */
final class TokenSourceReader {
  private static final String APP_ID = "{appid}";

  /** The keys that only one source has a use for. */
  private static final Map<TokenSource, List<Key<?>>> OWN_KEYS =
      Map.of(
          TokenSource.WECHAT, List.of(AppKeys.APP_SECRET, AppKeys.APP_SECRET_FILE),
          TokenSource.URL,
              List.of(AppKeys.TOKEN_URL, AppKeys.TOKEN_BEARER, AppKeys.TOKEN_BEARER_FILE),
          TokenSource.REDIS,
              List.of(
                  AppKeys.TOKEN_REDIS_KEY,
                  AppKeys.TOKEN_REDIS_URL,
                  AppKeys.TOKEN_REDIS_PASSWORD_FILE),
          TokenSource.CLOUDBASE, List.of(AppKeys.TOKEN_CLOUDBASE_FILE),
          TokenSource.NONE, List.of());

  private final Reading app;
  private final RedisReader redis;
  private final RedisLink.@Nullable Settings shared;
  private final TokenSource source;

  /**
   * Creates a reader.
   *
   * @param shared the Redis of the server itself; null for none
   */
  TokenSourceReader(Reading app, RedisReader redis, RedisLink.@Nullable Settings shared) {
    this.app = app;
    this.redis = redis;
    this.shared = shared;
    this.source = app.get(AppKeys.TOKEN_SOURCE);
  }

  /** Returns empty after a mistake. */
  Optional<TokenSettings> read(String appId) {
    refuseKeysOfOthers();
    return switch (source) {
      case WECHAT -> secret();
      case URL -> url();
      case REDIS -> redis(appId);
      case CLOUDBASE ->
          app.find(AppKeys.TOKEN_CLOUDBASE_FILE).map(TokenSettings.FromCloudbase::new);
      case NONE -> Optional.of(new TokenSettings.NotNeeded());
    };
  }

  /** Returns null for where the calls of most apps go. */
  @Nullable URI baseUrl() {
    URI url = app.find(AppKeys.BASE_URL).orElse(null);
    if (url != null && WeChatUrls.isInClear(url) && source != TokenSource.NONE) {
      app.mistake(
          AppKeys.BASE_URL,
          "http beyond loopback addresses is for token.source=none only, since "
              + (source == TokenSource.WECHAT ? "the AppSecret" : "the access token")
              + " travels on it");
    }
    return url;
  }

  private void refuseKeysOfOthers() {
    Set.copyOf(OWN_KEYS.keySet()).stream()
        .sorted()
        .filter(other -> other != source)
        .forEach(
            other ->
                OWN_KEYS.getOrDefault(other, List.of()).stream()
                    .filter(app::has)
                    .forEach(
                        key ->
                            app.mistake(
                                key,
                                "is for token.source="
                                    + word(other)
                                    + " only, and it is "
                                    + word(source))));
  }

  private static String word(TokenSource source) {
    return source.name().toLowerCase(Locale.ROOT);
  }

  private Optional<TokenSettings> secret() {
    if (app.has(AppKeys.APP_SECRET) == app.has(AppKeys.APP_SECRET_FILE)) {
      app.mistake(AppKeys.ONE, "expected: exactly one of app-secret and app-secret-file");
      return Optional.empty();
    }
    return app.find(AppKeys.APP_SECRET)
        .<TokenSettings>map(secret -> new TokenSettings.FromWeChat(new AppSecret(secret), null))
        .or(
            () ->
                app.find(AppKeys.APP_SECRET_FILE)
                    .map(
                        file ->
                            new TokenSettings.FromWeChat(
                                new AppSecret(file.secret()), file.path())));
  }

  private Optional<TokenSettings> url() {
    require(AppKeys.TOKEN_URL);
    if (app.has(AppKeys.TOKEN_BEARER) && app.has(AppKeys.TOKEN_BEARER_FILE)) {
      app.mistake(AppKeys.TOKEN_BEARER_FILE, "expected: no token.bearer-token, or no file");
    }
    Optional<SecretFile> file = app.find(AppKeys.TOKEN_BEARER_FILE);
    Optional<String> inPlace = app.find(AppKeys.TOKEN_BEARER);
    inPlace.ifPresent(text -> checkBearer(AppKeys.TOKEN_BEARER, text));
    file.ifPresent(each -> checkBearer(AppKeys.TOKEN_BEARER_FILE, each.secret()));
    String bearer = inPlace.or(() -> file.map(SecretFile::secret)).orElse("");
    return app.find(AppKeys.TOKEN_URL)
        .map(
            url -> new TokenSettings.FromUrl(url, bearer, file.map(SecretFile::path).orElse(null)));
  }

  /** It becomes the value of a header. */
  private void checkBearer(Key<?> key, String bearer) {
    if (!BearerTokens.isValid(bearer)) {
      app.mistake(key, "expected: visible ASCII characters without spaces");
    }
  }

  private Optional<TokenSettings> redis(String appId) {
    require(AppKeys.TOKEN_REDIS_KEY);
    RedisLink.Settings where =
        app.has(AppKeys.TOKEN_REDIS_URL)
            ? app.find(AppKeys.TOKEN_REDIS_URL).map(this::otherRedis).orElse(null)
            : shared;
    if (where == null && !app.has(AppKeys.TOKEN_REDIS_URL)) {
      app.mistake(
          AppKeys.TOKEN_REDIS_URL,
          "is required for token.source=redis without " + RedisKeys.URL.name());
    }
    if (app.has(AppKeys.TOKEN_REDIS_PASSWORD_FILE) && !app.has(AppKeys.TOKEN_REDIS_URL)) {
      app.mistake(AppKeys.TOKEN_REDIS_PASSWORD_FILE, "needs token.redis-url");
    }
    Optional<String> key = app.find(AppKeys.TOKEN_REDIS_KEY);
    return where == null
        ? Optional.empty()
        : key.map(text -> new TokenSettings.FromRedis(where, text.replace(APP_ID, appId)));
  }

  private RedisLink.Settings otherRedis(String url) {
    if (app.has(AppKeys.TOKEN_REDIS_PASSWORD_FILE) && RedisLink.hasPassword(url)) {
      app.mistake(
          AppKeys.TOKEN_REDIS_PASSWORD_FILE,
          "expected: no password in token.redis-url, or no file");
    }
    return redis.other(
        url, app.find(AppKeys.TOKEN_REDIS_PASSWORD_FILE).map(SecretFile::path).orElse(null));
  }

  private void require(Key<?> key) {
    if (!app.has(key)) {
      app.mistake(key, "is required for token.source=" + word(source));
    }
  }
}
