package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wxnotify.server.ServerSettings.AppSettings;
import dev.wxnotify.server.delivery.SeckillTemplate;
import dev.wxnotify.server.grpc.CallerSettings;
import dev.wxnotify.server.grpc.ConnectionSettings;
import dev.wxnotify.server.grpc.GrpcServer;
import dev.wxnotify.server.redis.RedisLink;
import dev.wxnotify.server.testing.TestCa;
import dev.wxnotify.server.wechat.AppSecret;
import dev.wxnotify.server.wechat.EgressProxy;
import dev.wxnotify.server.wechat.WeChatHttpClient;
import dev.wxnotify.server.wechat.WeChatTokenIssuer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;

class ConfigLoaderTest {
  private static final String SECRET = "0123456789abcdef-s3cr3t";
  private static final String HASH =
      "2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90";
  private static final String OTHER_HASH =
      "81b637d8fcd2c6da6359e6963113a1170de795e4b725b84d1e0b4cfd9ec58ce9";
  private static final Map<String, String> ONE_APP =
      Map.of("wxnotify.apps.shop.app-id", "wx-shop", "wxnotify.apps.shop.app-secret", SECRET);
  private static final Map<String, String> SECOND_APP =
      Map.of("wxnotify.apps.club.app-id", "wx-club", "wxnotify.apps.club.app-secret", "x");
  private static final SeckillTemplate USUAL_SECKILL =
      new SeckillTemplate(
          "pages/seckill/index", "", "thing1", "time2", "thing3", "秒杀活动即将开始,支持一键发布到商店");

  private final Path directory;

  ConfigLoaderTest(@TempDir Path directory) {
    this.directory = directory;
  }

  // Defaults.

  @Test
  void defaults_ofEveryKey_areThoseOfTheManual() throws Exception {
    assertThat(load(ONE_APP, Map.of()))
        .isEqualTo(
            new ServerSettings(
                new GrpcServer.Settings(
                    new InetSocketAddress(
                        InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 9090),
                    true,
                    null,
                    List.of(),
                    false,
                    new ConnectionSettings(10_000, Duration.ofMinutes(30), Duration.ofHours(1))),
                null,
                new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 9464),
                1000,
                new WeChatHttpClient.Settings(
                    URI.create("https://api.weixin.qq.com"),
                    null,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(5),
                    512,
                    Duration.ofMinutes(5)),
                null,
                WeChatTokenIssuer.Endpoint.STABLE,
                150,
                List.of(
                    new AppSettings("wx-shop", new AppSecret(SECRET), null, true, USUAL_SECKILL)),
                200_000,
                null,
                null,
                Duration.ofSeconds(15),
                new Logs.Settings(Logs.Format.PLAIN, Level.INFO)));
  }

  @Test
  void proxy_forPlainHttp_isAMistake() {
    assertThatThrownBy(
            () ->
                load(
                    with(
                        with(ONE_APP, "wxnotify.wechat.base-url", "http://127.0.0.1:1"),
                        "wxnotify.wechat.proxy",
                        "http://egress:3128"),
                    Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("wxnotify.wechat.proxy: is for https only");
  }

  @Test
  void proxy_withUserAndPassword_areDecodedAndInNoText() throws Exception {
    ServerSettings settings =
        load(
            with(ONE_APP, "wxnotify.wechat.proxy", "http://us%40er:p%40s+s%3A@[::1]:3128"),
            Map.of());

    assertThat(settings.weChat().proxy())
        .isEqualTo(new EgressProxy("::1", 3128, new EgressProxy.Credentials("us@er", "p@s+s:")));
    assertThat(settings.toString()).doesNotContain("p@s").doesNotContain("p%40s");
  }

  @Test
  void proxyPasswordFile_isReadAndWatched() throws Exception {
    Path file = Files.writeString(directory.resolve("proxy-password"), "s3cret\n");

    ServerSettings settings =
        load(
            with(
                with(ONE_APP, "wxnotify.wechat.proxy", "http://user@egress:3128"),
                "wxnotify.wechat.proxy-password-file",
                file.toString()),
            Map.of());

    assertThat(settings.weChat().proxy())
        .isEqualTo(new EgressProxy("egress", 3128, new EgressProxy.Credentials("user", "s3cret")));
    assertThat(settings.proxyPasswordFile()).isEqualTo(file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://egress:3128 | file | proxy-password-file: needs a user",
        "http://user:s3cret@egress:3128 | file | proxy-password-file: the password is in",
        "http://user@egress:3128 | | wechat.proxy: has a user without a password",
        "http://:s3cret@egress:3128 | | wechat.proxy: the user is empty",
        " | file | proxy-password-file: needs wxnotify.wechat.proxy",
      })
  void proxyCredentials_thatDoNotFit_areAMistakeThatDoesNotRepeatThem(
      @Nullable String proxy, @Nullable String file, String mistake) throws Exception {
    Files.writeString(directory.resolve("file"), "s3cret");
    Map<String, String> environment = new HashMap<>();
    if (proxy != null) {
      environment.put("WXNOTIFY_WECHAT_PROXY", proxy);
    }
    if (file != null) {
      environment.put("WXNOTIFY_WECHAT_PROXY_PASSWORD_FILE", directory.resolve(file).toString());
    }

    assertThatThrownBy(() -> load(ONE_APP, environment))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(mistake)
        .message()
        .doesNotContain("s3cret");
  }

  @Test
  void baseUrl_withAPath_isThatOfARelay() throws Exception {
    assertThat(
            load(with(ONE_APP, "wxnotify.wechat.base-url", "https://relay/we/chat/"), Map.of())
                .weChat()
                .baseUrl())
        .isEqualTo(URI.create("https://relay/we/chat/"));
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

  private static EgressProxy proxy(ServerSettings settings) {
    return Objects.requireNonNull(settings.weChat().proxy());
  }

  // Each key, from each source.

  static Stream<Arguments> keys() {
    return Stream.of(
        key("wxnotify.grpc.host", "127.0.0.2", s -> s.grpc().address().getHostString()),
        key("wxnotify.grpc.port", "0", s -> s.grpc().address().getPort()),
        key("wxnotify.monitoring.host", "127.0.0.3", s -> s.monitoringAddress().getHostString()),
        key("wxnotify.monitoring.port", "17", s -> s.monitoringAddress().getPort()),
        key("wxnotify.grpc.max-in-flight", "17", ServerSettings::maxInFlight),
        key("wxnotify.grpc.reflection", "false", s -> s.grpc().reflection()),
        key("wxnotify.grpc.allow-anonymous", "true", s -> s.grpc().allowAnonymous()),
        key("wxnotify.grpc.max-connections", "77", s -> s.grpc().connections().most()),
        key("wxnotify.grpc.max-connection-age", "PT5M", s -> s.grpc().connections().age()),
        key(
            "wxnotify.grpc.max-connection-age-grace",
            "PT7M",
            s -> s.grpc().connections().ageGrace()),
        key("wxnotify.wechat.base-url", "https://sh.api.weixin.qq.com", s -> s.weChat().baseUrl()),
        key(
            "wxnotify.wechat.proxy",
            "http://egress:3128",
            s -> "http://" + proxy(s).host() + ":" + proxy(s).port()),
        key(
            "wxnotify.wechat.token-endpoint",
            "classic",
            s -> s.tokenEndpoint().name().toLowerCase(Locale.ROOT)),
        key("wxnotify.wechat.token-calls-per-hour", "3", ServerSettings::tokenCallsPerHour),
        key("wxnotify.wechat.connect-timeout", "PT0.5S", s -> s.weChat().connectTimeout()),
        key("wxnotify.wechat.request-timeout", "PT7S", s -> s.weChat().requestTimeout()),
        key("wxnotify.wechat.max-connection-age", "PT3M", s -> s.weChat().maxConnectionAge()),
        key("wxnotify.wechat.max-connections", "9", s -> s.weChat().maxConnections()),
        key("wxnotify.ledger.max-entries", "5", ServerSettings::ledgerEntries),
        key("wxnotify.io.transport", "NIO", ServerSettings::transport),
        key("wxnotify.shutdown.grace", "PT1M", ServerSettings::grace),
        key("wxnotify.log.format", "JSON", s -> s.log().format()),
        key("wxnotify.log.level", "WARN", s -> s.log().level()),
        key("wxnotify.redis.url", "redis://cache:6379", s -> redis(s).url()),
        key("wxnotify.apps.shop.app-id", "wx-other", s -> app(s).appId()),
        key("wxnotify.apps.shop.app-secret", "other", s -> app(s).secret().value()),
        key("wxnotify.apps.shop.default", "true", s -> app(s).isDefault()),
        key("wxnotify.apps.shop.seckill.page", "pages/sale", s -> app(s).seckill().page()),
        key("wxnotify.apps.shop.seckill.template-id", "t-1", s -> app(s).seckill().templateId()),
        key(
            "wxnotify.apps.shop.seckill.goods-keyword",
            "thing11",
            s -> app(s).seckill().goodsKeyword()),
        key(
            "wxnotify.apps.shop.seckill.time-keyword",
            "date3",
            s -> app(s).seckill().timeKeyword()),
        key(
            "wxnotify.apps.shop.seckill.note-keyword",
            "short_thing4",
            s -> app(s).seckill().noteKeyword()),
        key("wxnotify.apps.shop.seckill.note", "快来,开始", s -> app(s).seckill().note()));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void key_inTheFile_isRead(String key, String value, Function<ServerSettings, Object> setting)
      throws Exception {
    ServerSettings settings = load(with(ONE_APP, key, value), Map.of());

    assertThat(String.valueOf(setting.apply(settings))).isEqualTo(value);
  }

  @ParameterizedTest
  @MethodSource("keys")
  void key_inTheEnvironment_isReadInsteadOfTheFile(
      String key, String value, Function<ServerSettings, Object> setting) throws Exception {
    ServerSettings settings =
        load(with(ONE_APP, key, "not for any key"), Map.of(variable(key), value));

    assertThat(String.valueOf(setting.apply(settings))).isEqualTo(value);
  }

  @ParameterizedTest
  @MethodSource("keys")
  void key_ofTheCommand_isReadInsteadOfTheEnvironment(
      String key, String value, Function<ServerSettings, Object> setting) throws Exception {
    ServerSettings settings =
        ConfigLoader.load(
            file(ONE_APP), Map.of(variable(key), "not for any key: ${"), Map.of(key, value));

    assertThat(String.valueOf(setting.apply(settings))).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"main", "MAIN", "shop2", "x2024y", "a1b2"})
  void environment_alone_isAWholeServer(String name) throws Exception {
    String prefix = "WXNOTIFY_APPS_" + name.toUpperCase(Locale.ROOT);

    ServerSettings settings =
        ConfigLoader.load(
            null,
            Map.of(
                prefix + "_APP_ID",
                "wx-main",
                prefix + "_APP_SECRET",
                SECRET,
                prefix + "_SECKILL_TEMPLATE_ID",
                "t-9",
                "WXNOTIFY_GRPC_PORT",
                "0",
                "WXNOTIFY_WECHAT_BASE_URL",
                "http://127.0.0.1:8080"),
            Map.of());

    assertThat(settings.grpc().address().getPort()).isZero();
    assertThat(settings.weChat().baseUrl()).hasToString("http://127.0.0.1:8080");
    assertThat(app(settings).appId()).isEqualTo("wx-main");
    assertThat(app(settings).secret()).isEqualTo(new AppSecret(SECRET));
    assertThat(app(settings).seckill().templateId()).isEqualTo("t-9");
    assertThat(app(settings).isDefault()).isTrue();
  }

  @Test
  void environment_secretFile_isEnoughForAServer() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), SECRET + "\n");

    ServerSettings settings =
        ConfigLoader.load(
            null,
            Map.of(
                "WXNOTIFY_APPS_MAIN_APP_ID",
                "wx-main",
                "WXNOTIFY_APPS_MAIN_APP_SECRET_FILE",
                secret.toString()),
            Map.of());

    assertThat(app(settings).secret()).isEqualTo(new AppSecret(SECRET));
  }

  @Test
  void environment_variablesOfOthers_areNoMistakes() throws Exception {
    ServerSettings settings =
        load(
            ONE_APP,
            Map.of(
                "WXNOTIFY_SERVICE_HOST", "10.0.0.1",
                "WXNOTIFY_PORT", "tcp://10.0.0.1:9090",
                "PATH", "/bin",
                "wxnotify", "x",
                "SMALLRYE_CONFIG_PROFILE", "dev"));

    assertThat(settings).isEqualTo(load(ONE_APP, Map.of()));
  }

  @Test
  void environment_nameOfSeveralWords_isHyphenated() throws Exception {
    ServerSettings settings =
        ConfigLoader.load(
            null,
            Map.of(
                "WXNOTIFY_APPS_SHOP_APP_CN_APP_ID", "wx-cn",
                "WXNOTIFY_APPS_SHOP_APP_CN_APP_SECRET", SECRET,
                "WXNOTIFY_APPS_SHOP_APP_CN_SECKILL_NOTE_KEYWORD", "thing7",
                "WXNOTIFY_GRPC_CALLERS_CRM_TOKEN_SHA256", HASH,
                "WXNOTIFY_GRPC_CALLERS_ON_CALL_TOKEN_SHA256", OTHER_HASH,
                "WXNOTIFY_GRPC_CALLERS_ON_CALL_APPS", "shop-app-cn",
                "WXNOTIFY_GRPC_CALLERS_ON_CALL_OPERATOR", "true"),
            Map.of());

    assertThat(app(settings).seckill().noteKeyword()).isEqualTo("thing7");
    assertThat(settings.grpc().callers())
        .containsExactlyInAnyOrder(
            new CallerSettings("crm", List.of(HASH), Set.of(), null, null, null, false),
            new CallerSettings(
                "on-call", List.of(OTHER_HASH), Set.of(), Set.of("wx-cn"), null, null, true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"on_call", "On-Call", "ON_call"})
  void environment_nameThatTheFileHas_isThatOne(String name) throws Exception {
    ServerSettings settings =
        load(
            with(ONE_APP, "wxnotify.grpc.callers." + name + ".token-sha256", HASH),
            Map.of("WXNOTIFY_GRPC_CALLERS_ON_CALL_OPERATOR", "true"));

    assertThat(settings.grpc().callers())
        .containsExactly(new CallerSettings(name, List.of(HASH), Set.of(), null, null, null, true));
  }

  /** Else a slip of the pen would leave a server that asks nobody for credentials. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "WXNOTIFY_GRPC_CALLERS_CRM_TOKEN",
        "WXNOTIFY_GRPC_CALLERS_TOKEN_SHA256",
        "WXNOTIFY_GRPC_CALLERS_ON_CALL_OPERATORS",
        "WXNOTIFY_APPS_SHOP_APPSECRET",
      })
  void environment_variableOfACallerOrAppThatIsNoKey_isAMistake(String variable) throws Exception {
    assertThat(mistakes(ONE_APP, Map.of(variable, "s3cr3t")))
        .containsExactly(variable + ": is not the variable of a known key");
  }

  // Values that must survive.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a${b}c$$d\\e,f",
        "${b}",
        "${b:c}",
        "a$b",
        "$$",
        "a\\,b",
        "a\\\\b",
        "${",
        "#{x}",
        "${wxnotify.apps.shop.app-id}",
        "%dev.x",
        "中😀",
      })
  void secret_withAnyCharacters_survivesFromEverySource(String secret) throws Exception {
    String key = "wxnotify.apps.shop.app-secret";
    Path secretFile = Files.writeString(directory.resolve("secret"), secret + "\n");

    assertThat(
            Stream.of(
                    load(with(ONE_APP, key, secret), Map.of()),
                    load(ONE_APP, Map.of(variable(key), secret)),
                    ConfigLoader.load(file(ONE_APP), Map.of(), Map.of(key, secret)),
                    load(withSecretFile(secretFile), Map.of()))
                .map(settings -> app(settings).secret().value()))
        .containsExactly(secret, secret, secret, secret);
  }

  @ParameterizedTest
  @CsvSource({
    "500ms,PT0.5S",
    "2s,PT2S",
    "'2 s',PT2S",
    "' 5m ',PT5M",
    "1h,PT1H",
    "PT1.5S,PT1.5S",
    "pt3s,PT3S",
  })
  void duration_asPeopleWriteIt_isRead(String text, Duration duration) throws Exception {
    assertThat(load(with(ONE_APP, "wxnotify.shutdown.grace", text), Map.of()).grace())
        .isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:1",
        "http://127.0.0.1",
        "http://127.9.9.9:80/",
        "http://[::1]:8080",
        "https://api2.weixin.qq.com/",
        "HTTPS://api.weixin.qq.com:8443",
      })
  void baseUrl_ofTheKnownForms_isTaken(String url) throws Exception {
    assertThat(load(with(ONE_APP, "wxnotify.wechat.base-url", url), Map.of()))
        .extracting(settings -> settings.weChat().baseUrl())
        .isEqualTo(URI.create(url));
  }

  @Test
  void host_beyondLoopbackWithAllowAnonymous_isTaken() throws Exception {
    ServerSettings settings =
        load(
            ONE_APP,
            Map.of("WXNOTIFY_GRPC_HOST", "0.0.0.0", "WXNOTIFY_GRPC_ALLOW_ANONYMOUS", "true"));

    assertThat(settings.grpc().address().getAddress().isAnyLocalAddress()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void caller_ofEveryKey_isRead(boolean fromEnvironment) throws Exception {
    Map<String, String> caller =
        Map.of(
            "wxnotify.grpc.callers.crm.token-sha256",
                HASH + "," + OTHER_HASH.toUpperCase(Locale.ROOT),
            "wxnotify.grpc.callers.crm.apps", "shop,club",
            "wxnotify.grpc.callers.crm.max-in-flight", "7",
            "wxnotify.grpc.callers.crm.max-per-second", "9",
            "wxnotify.grpc.callers.crm.operator", "true");
    Map<String, String> apps = with(ONE_APP, SECOND_APP);

    ServerSettings settings =
        fromEnvironment ? load(apps, variables(caller)) : load(with(apps, caller), Map.of());

    assertThat(settings.grpc().callers())
        .containsExactly(
            new CallerSettings(
                "crm",
                List.of(HASH, OTHER_HASH),
                Set.of(),
                Set.of("wx-shop", "wx-club"),
                7,
                9,
                true));
  }

  @Test
  void caller_ofATokenAlone_hasTheDefaultsOfTheManual() throws Exception {
    assertThat(
            load(with(ONE_APP, "wxnotify.grpc.callers.crm.token-sha256", HASH), Map.of())
                .grpc()
                .callers())
        .containsExactly(
            new CallerSettings("crm", List.of(HASH), Set.of(), null, null, null, false));
  }

  @Test
  void caller_inAList_isReadFromYaml() throws Exception {
    ServerSettings settings =
        ConfigLoader.load(
            file(
                """
                wxnotify:
                  grpc:
                    callers:
                      crm:
                        token-sha256:
                          - %s
                          - %s
                        apps: [shop]
                """
                    .formatted(HASH, OTHER_HASH)),
            variables(ONE_APP),
            Map.of());

    assertThat(settings.grpc().callers())
        .containsExactly(
            new CallerSettings(
                "crm", List.of(HASH, OTHER_HASH), Set.of(), Set.of("wx-shop"), null, null, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"wxnotify.grpc.callers.crm.token-sha256", "wxnotify.grpc.tls.client-ca"})
  void host_beyondLoopbackWhereCallersAreAsked_isTaken(String key) throws Exception {
    List<String> mistakes =
        mistakes(
            with(ONE_APP, key, HASH),
            Map.of("WXNOTIFY_GRPC_HOST", "0.0.0.0", "WXNOTIFY_GRPC_PORT", "70000"));

    assertThat(mistakes).noneMatch(mistake -> mistake.startsWith("wxnotify.grpc.host"));
    assertThat(mistakes).isNotEmpty();
  }

  @Test
  void tls_files_areReadAndWatched() throws Exception {
    TestCa ca = new TestCa("authority");
    ca.issueForLoopback("server").writeTo(directory, "server");
    Path clientCa = Files.writeString(directory.resolve("ca.crt"), ca.pem());

    ServerSettings settings =
        load(
            with(
                ONE_APP,
                Map.of(
                    "wxnotify.grpc.tls.certificate", directory.resolve("server.crt").toString(),
                    "wxnotify.grpc.tls.private-key", directory.resolve("server.key").toString(),
                    "wxnotify.grpc.tls.client-ca", clientCa.toString())),
            Map.of());

    assertThat(settings.grpc().tls()).isNotNull();
    assertThat(settings.tlsFiles())
        .isEqualTo(
            new ServerSettings.TlsFiles(
                directory.resolve("server.crt"), directory.resolve("server.key"), clientCa));
  }

  @Test
  void mistakes_ofTls_areToldTogetherByKey() throws Exception {
    TestCa ca = new TestCa("authority");
    ca.issue("RSA", Instant.now().minusSeconds(60), "ended").writeTo(directory, "ended");
    ca.issueForLoopback("other").writeTo(directory, "other");
    Path clientCa = Files.writeString(directory.resolve("ca.crt"), "s3cr3t");

    assertThat(
            mistakes(
                with(
                    ONE_APP,
                    Map.of(
                        "wxnotify.grpc.tls.certificate", directory.resolve("ended.crt").toString(),
                        "wxnotify.grpc.tls.private-key", directory.resolve("other.key").toString(),
                        "wxnotify.grpc.tls.client-ca", clientCa.toString(),
                        "wxnotify.grpc.max-connections", "0")),
                Map.of()))
        .satisfiesExactlyInAnyOrder(
            a -> assertThat(a).startsWith("wxnotify.grpc.tls.certificate: ended its life at "),
            b ->
                assertThat(b)
                    .isEqualTo("wxnotify.grpc.tls.private-key: is not the key of the certificate"),
            c -> assertThat(c).startsWith("wxnotify.grpc.tls.client-ca: holds no certificate"),
            d -> assertThat(d).isEqualTo("wxnotify.grpc.max-connections: expected: at least 1"));
  }

  @Test
  void mistakes_ofTlsFilesThatAreNotThere_areToldTogetherByKey() throws Exception {
    Path absent = directory.resolve("absent");

    assertThat(
            mistakes(
                with(
                    ONE_APP,
                    Map.of(
                        "wxnotify.grpc.tls.certificate", absent.toString(),
                        "wxnotify.grpc.tls.private-key", absent.toString(),
                        "wxnotify.grpc.tls.client-ca", absent.toString())),
                Map.of()))
        .containsExactlyInAnyOrder(
            "wxnotify.grpc.tls.certificate: does not exist",
            "wxnotify.grpc.tls.private-key: does not exist",
            "wxnotify.grpc.tls.client-ca: does not exist");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "apps | | wxnotify.grpc.callers.crm.apps",
        "apps | nope | wxnotify.grpc.callers.crm.apps: expected: each the NAME",
        "token-sha256 | s3cr3t-token | wxnotify.grpc.callers.crm.token-sha256: expected: the 64",
        "token-sha256 | e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 | empty token",
        "token-sha256 | | wxnotify.grpc.callers.crm: expected: token-sha256 or certificate-names",
        "certificate-names | crm | certificate-names: needs wxnotify.grpc.tls.client-ca",
        "max-in-flight | 0 | wxnotify.grpc.callers.crm.max-in-flight: expected: at least 1",
        "max-per-second | -1 | wxnotify.grpc.callers.crm.max-per-second: expected: at least 1",
        "max-per-second | fast | wxnotify.grpc.callers.crm.max-per-second: expected: a whole",
        "operator | root | wxnotify.grpc.callers.crm.operator",
      })
  void mistake_ofACaller_isToldByKeyWithoutTheToken(String key, @Nullable String value, String told)
      throws Exception {
    Map<String, String> caller =
        with(
            Map.of("wxnotify.grpc.callers.crm.token-sha256", HASH),
            "wxnotify.grpc.callers.crm." + key,
            value == null ? "" : value);

    for (List<String> mistakes :
        List.of(mistakes(with(ONE_APP, caller), Map.of()), mistakes(ONE_APP, variables(caller)))) {
      assertThat(mistakes).singleElement().asString().contains(told).doesNotContain("s3cr3t");
    }
  }

  @Test
  void mistake_oneTokenOfTwoCallers_isTold() throws Exception {
    assertThat(
            mistakes(
                with(
                    ONE_APP,
                    Map.of(
                        "wxnotify.grpc.callers.a.token-sha256", HASH,
                        "wxnotify.grpc.callers.b.token-sha256", HASH)),
                Map.of()))
        .singleElement()
        .asString()
        .contains("token-sha256: is there twice");
  }

  @Test
  void mistake_clientCaWithoutCertificate_isTold() throws Exception {
    assertThat(mistakes(with(ONE_APP, "wxnotify.grpc.tls.client-ca", "/x"), Map.of()))
        .containsExactly("wxnotify.grpc.tls.client-ca: needs certificate and private-key");
  }

  @Test
  void mistake_certificateWithoutKey_isTold() throws Exception {
    assertThat(mistakes(with(ONE_APP, "wxnotify.grpc.tls.certificate", "/x"), Map.of()))
        .containsExactly(
            "wxnotify.grpc.tls: expected: both certificate and private-key, or none of them");
  }

  @Test
  void apps_several_keepTheirDefault() throws Exception {
    ServerSettings settings =
        load(with(with(ONE_APP, SECOND_APP), "wxnotify.apps.club.default", "true"), Map.of());

    assertThat(settings.apps())
        .extracting(AppSettings::appId, AppSettings::isDefault)
        .containsExactlyInAnyOrder(tuple("wx-shop", false), tuple("wx-club", true));
  }

  @Test
  void apps_severalWithoutDefault_haveNone() throws Exception {
    ServerSettings settings = load(with(ONE_APP, SECOND_APP), Map.of());

    assertThat(settings.apps()).extracting(AppSettings::isDefault).containsExactly(false, false);
  }

  // Mistakes.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "wxnotify.grpc.port | 65536 | wxnotify.grpc.port: expected: 0 to 65535",
        "wxnotify.grpc.port | -1 | wxnotify.grpc.port: expected: 0 to 65535",
        "wxnotify.monitoring.port | 65536 | wxnotify.monitoring.port: expected: 0 to 65535",
        "wxnotify.monitoring.host | no such host | wxnotify.monitoring.host: is not a known host",
        "wxnotify.grpc.port | http | wxnotify.grpc.port: expected: a whole number",
        "wxnotify.grpc.host | 0.0.0.0 | wxnotify.grpc.host: is not a loopback address",
        "wxnotify.grpc.host | 192.0.2.1 | wxnotify.grpc.allow-anonymous=true",
        "wxnotify.grpc.host | nobody.invalid | wxnotify.grpc.host: is not a known host",
        "wxnotify.grpc.max-in-flight | 1 | wxnotify.grpc.max-in-flight: expected: at least 2",
        "wxnotify.grpc.max-in-flight | many | wxnotify.grpc.max-in-flight: expected: a whole number",
        "wxnotify.grpc.reflection | flase | wxnotify.grpc.reflection: expected: true or false",
        "wxnotify.wechat.base-url | http://api.weixin.qq.com | the AppSecret travels on it",
        "wxnotify.wechat.base-url | http://127.0.0.1.example.com | the AppSecret travels on it",
        "wxnotify.wechat.base-url | http://localhost.example.com | the AppSecret travels on it",
        "wxnotify.wechat.base-url | https://a/b#c | wxnotify.wechat.base-url: expected",
        "wxnotify.wechat.base-url | https://a?b | wxnotify.wechat.base-url: expected",
        "wxnotify.wechat.base-url | https://u:p@a | wxnotify.wechat.base-url: expected",
        "wxnotify.wechat.base-url | api.weixin.qq.com | wxnotify.wechat.base-url: expected",
        "wxnotify.wechat.base-url | ftp://a | wxnotify.wechat.base-url: expected: the scheme https",
        "wxnotify.wechat.base-url | https:// | wxnotify.wechat.base-url: expected",
        "wxnotify.wechat.base-url | mailto:a | wxnotify.wechat.base-url: expected",
        "wxnotify.wechat.proxy | https://a:1 | wxnotify.wechat.proxy: expected",
        "wxnotify.wechat.proxy | http://a | wxnotify.wechat.proxy: expected",
        "wxnotify.wechat.proxy | a:1 | wxnotify.wechat.proxy: expected",
        "wxnotify.wechat.token-endpoint | both | wxnotify.wechat.token-endpoint: expected: stable or classic",
        "wxnotify.wechat.token-calls-per-hour | 0 | wxnotify.wechat.token-calls-per-hour: expected: at least 1",
        "wxnotify.wechat.connect-timeout | 0s | wxnotify.wechat.connect-timeout: expected: more than nothing",
        "wxnotify.wechat.request-timeout | PT-1S | wxnotify.wechat.request-timeout: expected: more than nothing",
        "wxnotify.wechat.request-timeout | soon | wxnotify.wechat.request-timeout: expected: a duration",
        "wxnotify.wechat.max-connections | 1 | wxnotify.wechat.max-connections: expected: at least 2",
        "wxnotify.io.transport | kqueue | wxnotify.io.transport: expected: auto, io_uring",
        "wxnotify.log.format | xml | wxnotify.log.format: expected: one of [PLAIN, JSON]",
        "wxnotify.log.level | loud | wxnotify.log.level: expected: one of [ERROR, WARN",
        "wxnotify.ledger.max-entries | 0 | wxnotify.ledger.max-entries: expected: at least 1",
        "wxnotify.redis.claim-timeout | 0s | wxnotify.redis.claim-timeout: expected: more than nothing",
        "wxnotify.shutdown.grace | 5 | wxnotify.shutdown.grace: expected: a duration",
        "wxnotify.shutdown.grace | PT99999999999999S | wxnotify.shutdown.grace: expected: more than",
        "wxnotify.wechat.base-url | https://a:65536 | wxnotify.wechat.base-url: expected",
        "wxnotify.wechat.base-url | https://a:bad | wxnotify.wechat.base-url: expected",
        "wxnotify.wechat.proxy | http://a:65536 | wxnotify.wechat.proxy: expected",
        "wxnotify.wechat.proxy | http://a:bad | wxnotify.wechat.proxy: expected",
        "wxnotify.apps.shop.app-id | two words | wxnotify.apps.shop.app-id: is not an AppID",
        "wxnotify.apps.shop.app-id | 0123456789abcdef0123456789ABCDEF | it looks like an AppSecret",
        "wxnotify.apps.shop.app-secret-file | /x | wxnotify.apps.shop: expected: exactly one",
        "wxnotify.apps.shop.seckill.page | a?b | wxnotify.apps.shop.seckill.page: expected",
        "wxnotify.apps.shop.seckill.goods-keyword | Thing | wxnotify.apps.shop.seckill.goods-keyw",
        "wxnotify.apps.shop.seckill.time-keyword | thing1 | the three keywords must differ",
        "wxnotify.apps.club.app-id | wx-club | wxnotify.apps.club: expected: exactly one",
      })
  void mistake_inOneKey_isToldByKeyFromFileAndEnvironment(String key, String value, String told)
      throws Exception {
    assertThat(mistakes(with(ONE_APP, key, value), Map.of()))
        .singleElement()
        .asString()
        .contains(told);
    assertThat(mistakes(ONE_APP, Map.of(variable(key), value)))
        .singleElement()
        .asString()
        .contains(told);
  }

  /** Kubernetes sets such variables for a Service whose name begins as the variables of apps do. */
  @Test
  void environment_variablesOfServices_areNoMistakes() throws Exception {
    Map<String, String> services =
        Map.of(
            "WXNOTIFY_APPS_SHOP_SERVICE_HOST", "10.0.0.1",
            "WXNOTIFY_APPS_SHOP_SERVICE_PORT", "80",
            "WXNOTIFY_APPS_SHOP_SERVICE_PORT_HTTP", "80",
            "WXNOTIFY_APPS_SHOP_PORT", "tcp://10.0.0.1:80",
            "WXNOTIFY_GRPC_CALLERS_PORT_80_TCP", "tcp://10.0.0.1:80",
            "WXNOTIFY_GRPC_CALLERS_PORT_80_TCP_ADDR", "10.0.0.1");

    assertThat(load(ONE_APP, services)).isEqualTo(load(ONE_APP, Map.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wxnotify.grpc.prot",
        "wxnotify.grpcc.port",
        "wxnotify.apps.shop.app_id",
        "wxnotify.apps.shop.seckill.pages",
        "wxnotify.unknown",
      })
  void mistake_unknownKeyInTheFile_isTold(String key) throws Exception {
    assertThat(mistakes(with(ONE_APP, key, "1"), Map.of()))
        .singleElement()
        .asString()
        .contains(key);
  }

  @Test
  void mistake_noApp_isTold() throws Exception {
    assertThat(mistakes(Map.of("wxnotify.grpc.port", "0"), Map.of()))
        .singleElement()
        .asString()
        .startsWith("wxnotify.apps: there is none");
  }

  @Test
  void mistake_missingAppId_isToldByKey() throws Exception {
    assertThat(mistakes(Map.of("wxnotify.apps.shop.app-secret", SECRET), Map.of()))
        .singleElement()
        .asString()
        .contains("wxnotify.apps.shop.app-id")
        .doesNotContain(SECRET);
  }

  @Test
  void mistake_emptySecretFile_isToldByKey() throws Exception {
    Path empty = Files.writeString(directory.resolve("secret"), " \n");

    assertThat(mistakes(withSecretFile(empty), Map.of()))
        .singleElement()
        .asString()
        .startsWith("wxnotify.apps.shop.app-secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"s3cr3t\"", "s3cr3t\nmore", "s3\0cr3t", "s3\tcr3t", "'s3cr3t'", "\0", ""})
  void mistake_secretThatIsNone_isToldByKeyInFileAndValue(String secret) throws Exception {
    Path file = Files.writeString(directory.resolve("secret"), secret);
    Map<String, String> inTheFile = with(ONE_APP, "wxnotify.apps.shop.app-secret", secret + " ");

    for (List<String> mistakes :
        List.of(
            mistakes(withSecretFile(file), Map.of()),
            mistakes(inTheFile, Map.of()),
            mistakes(Map.of("wxnotify.apps.shop.app-id", "wx"), variables(inTheFile)))) {
      assertThat(mistakes)
          .singleElement()
          .asString()
          .startsWith("wxnotify.apps.shop.app-secret")
          .doesNotContain("s3");
    }
  }

  @Test
  void secretFile_withAByteOrderMark_isTheSecretAlone() throws Exception {
    Path file = Files.writeString(directory.resolve("secret"), "\uFEFF" + SECRET + "\r\n");

    assertThat(app(load(withSecretFile(file), Map.of())).secret().value()).isEqualTo(SECRET);
  }

  /** A pipe that nobody writes to, and a file that never ends. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "wxnotify.apps.shop.app-secret-file",
        "wxnotify.redis.password-file",
        "wxnotify.redis.ca-certificate",
        "wxnotify.grpc.tls.certificate",
        "wxnotify.grpc.tls.private-key",
        "wxnotify.grpc.tls.client-ca",
      })
  void mistake_pipeOrDeviceInPlaceOfAFile_isToldAndHoldsNothingUp(String key) throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start().waitFor())
        .isZero();
    TestCa ca = new TestCa("authority");
    ca.issueForLoopback("server").writeTo(directory, "server");
    Map<String, String> keys =
        new HashMap<>(
            Map.of(
                "wxnotify.apps.shop.app-id",
                "wx-shop",
                "wxnotify.redis.url",
                "rediss://cache",
                "wxnotify.grpc.tls.certificate",
                directory.resolve("server.crt").toString(),
                "wxnotify.grpc.tls.private-key",
                directory.resolve("server.key").toString()));
    if (!key.contains("secret")) {
      keys.put("wxnotify.apps.shop.app-secret", SECRET);
    }

    for (String file : List.of(pipe.toString(), "/dev/zero")) {
      assertThat(mistakes(with(keys, key, file), Map.of()))
          .containsExactly(key + ": is not a regular file");
    }
  }

  @Test
  void mistake_unreadableSecretFile_isToldByKey() throws Exception {
    assertThat(mistakes(withSecretFile(directory.resolve("absent")), Map.of()))
        .containsExactly("wxnotify.apps.shop.app-secret-file: does not exist");
  }

  @Test
  void mistake_twoDefaults_isTold() throws Exception {
    assertThat(
            mistakes(
                with(
                    with(ONE_APP, SECOND_APP),
                    Map.of(
                        "wxnotify.apps.shop.default",
                        "true",
                        "wxnotify.apps.club.default",
                        "true")),
                Map.of()))
        .containsExactly("wxnotify.apps: more than one app has default=true");
  }

  @Test
  void mistake_oneAppIdTwice_isToldByKey() throws Exception {
    assertThat(
            mistakes(
                with(with(ONE_APP, SECOND_APP), "wxnotify.apps.club.app-id", "wx-shop"), Map.of()))
        .singleElement()
        .asString()
        .matches("wxnotify\\.apps\\.(shop|club)\\.app-id: is that of another app too");
  }

  @Test
  void mistakes_manyAtOnce_areAllToldAndNoSecretWithThem() throws Exception {
    List<String> mistakes =
        mistakes(
            """
            wxnotify:
              grpc:
                prot: 1
                port: 70000
                host: 192.0.2.1
                max-in-flight: lots
              wechat:
                base-url: http://api.weixin.qq.com
                proxy: nowhere
                token-endpoint: both
                connect-timeout: soon
                request-timeout: 0s
              apps:
                shop:
                  app-secret: 0123456789abcdef-s3cr3t
                  app-secret-file: /somewhere
                club:
                  app-id: wx-club
                  default: "perhaps"
            """,
            Map.of("WXNOTIFY_LEDGER_MAX_ENTRIES", "-3", "WXNOTIFY_SHUTDOWN_GRACE", "never"));

    for (String key :
        List.of(
            "wxnotify.grpc.prot",
            "wxnotify.grpc.port",
            "wxnotify.grpc.host",
            "wxnotify.grpc.max-in-flight",
            "wxnotify.wechat.base-url",
            "wxnotify.wechat.proxy",
            "wxnotify.wechat.token-endpoint",
            "wxnotify.wechat.connect-timeout",
            "wxnotify.wechat.request-timeout",
            "wxnotify.apps.shop.app-id",
            "wxnotify.apps.shop: expected",
            "wxnotify.apps.club: expected",
            "wxnotify.apps.club.default",
            "wxnotify.ledger.max-entries",
            "wxnotify.shutdown.grace")) {
      assertThat(mistakes).as(key).filteredOn(mistake -> mistake.contains(key)).hasSize(1);
    }
    assertThat(mistakes).allSatisfy(mistake -> assertThat(mistake).doesNotContain(SECRET));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wxnotify: [",
        "wxnotify:\n\t- x",
        "wxnotify:\n  apps:\n    shop:\n      app-secret: \"0123456789abcdef-s3cr3t",
        "app-secret: 0123456789abcdef-s3cr3t: x",
        "- 0123456789abcdef-s3cr3t",
        "0123456789abcdef-s3cr3t",
        "!!java.lang.Object x",
      })
  void file_notYamlOfKeys_isToldWithoutItsContent(String content) throws Exception {
    List<String> mistakes = mistakes(content, Map.of());

    assertThat(mistakes).isNotEmpty();
    assertThat(mistakes).allSatisfy(mistake -> assertThat(mistake).doesNotContain(SECRET));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wxnotify.grpc.port: 0",
        "wxnotfy: {grpc: {port: 0}}",
        "grpc: {port: 0}",
        "wxnotify-grpc: 1",
      })
  void file_keyOutsideOfOurs_isAMistakeAndNotPassedOver(String content) throws Exception {
    assertThat(mistakes(content + "\n", variables(ONE_APP)))
        .singleElement()
        .asString()
        .contains(content.substring(0, content.indexOf(':')));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Shop2", "SHOP", "2024", "shop-2", "shop_2", "店"})
  void file_appName_isTheOperators(String name) throws Exception {
    ServerSettings settings =
        load(
            Map.of(
                "wxnotify.apps." + name + ".app-id",
                "wx-shop",
                "wxnotify.apps." + name + ".app-secret",
                SECRET),
            Map.of());

    assertThat(app(settings).secret()).isEqualTo(new AppSecret(SECRET));
  }

  @Test
  void file_empty_isAConfigurationWithoutApps() throws Exception {
    assertThat(mistakes("", Map.of()))
        .singleElement()
        .asString()
        .startsWith("wxnotify.apps: there is none");
  }

  @Test
  void file_absent_isTold() {
    Path absent = directory.resolve("absent.yaml");

    assertThat(mistakes(absent, Map.of())).containsExactly("--config: does not exist");
  }

  @Test
  void settings_asText_holdNoSecret() throws Exception {
    assertThat(load(ONE_APP, Map.of()).toString()).doesNotContain(SECRET);
  }

  // Help.

  private static Arguments key(
      String key, String value, Function<ServerSettings, @Nullable Object> setting) {
    return Arguments.of(key, value, setting);
  }

  private static Map<String, String> with(Map<String, String> keys, String key, String value) {
    return with(keys, Map.of(key, value));
  }

  private static Map<String, String> with(Map<String, String> keys, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(keys);
    all.putAll(more);
    return all;
  }

  private static Map<String, String> withSecretFile(Path secretFile) {
    return Map.of(
        "wxnotify.apps.shop.app-id",
        "wx-shop",
        "wxnotify.apps.shop.app-secret-file",
        secretFile.toString());
  }

  /**
   * By the rule of the manual: upper case, and an underscore for all that is no letter or digit.
   */
  private static String variable(String key) {
    return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  private static Map<String, String> variables(Map<String, String> keys) {
    return keys.entrySet().stream()
        .collect(Collectors.toMap(entry -> variable(entry.getKey()), Map.Entry::getValue));
  }

  private static AppSettings app(ServerSettings settings) {
    assertThat(settings.apps()).hasSize(1);
    return settings.apps().get(0);
  }

  private ServerSettings load(Map<String, String> keys, Map<String, String> environment)
      throws Exception {
    return ConfigLoader.load(file(keys), environment, Map.of());
  }

  private List<String> mistakes(Map<String, String> keys, Map<String, String> environment)
      throws IOException {
    return mistakes(file(keys), environment);
  }

  private List<String> mistakes(String yaml, Map<String, String> environment) throws IOException {
    return mistakes(file(yaml), environment);
  }

  private static List<String> mistakes(Path file, Map<String, String> environment) {
    return catchThrowableOfType(
            ConfigurationException.class,
            () -> ConfigLoader.load(file, new HashMap<>(environment), Map.of()))
        .mistakes();
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(Files.createTempFile(directory, "config", ".yaml"), yaml);
  }

  /** Every JSON text is one of YAML too. */
  private Path file(Map<String, String> keys) throws IOException {
    ObjectNode root = new ObjectMapper().createObjectNode();
    keys.forEach(
        (key, value) -> {
          ObjectNode parent = root;
          List<String> parts = List.of(key.split("\\."));
          for (String part : parts.subList(0, parts.size() - 1)) {
            parent = parent.withObjectProperty(part);
          }
          parent.put(parts.get(parts.size() - 1), value);
        });
    return file(root.toString());
  }
}
