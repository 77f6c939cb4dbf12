package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.config.ServerSettings.AppSettings;
import dev.wxnotify.server.grpc.ConnectionSettings;
import dev.wxnotify.server.grpc.GrpcServer;
import dev.wxnotify.server.logging.Logs;
import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.push.PushServer;
import dev.wxnotify.server.redis.RedisLink;
import dev.wxnotify.server.wechat.AppSecret;
import dev.wxnotify.server.wechat.EgressProxy;
import dev.wxnotify.server.wechat.WeChatHttpClient;
import dev.wxnotify.server.wechat.WeChatTokenIssuer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

/** Every key is read, from every source, and has the default of the page. */
class EachKeyTest extends ConfigFixture {
  private static final SeckillTemplate USUAL_SECKILL =
      new SeckillTemplate(
          "pages/seckill/index", "", "thing1", "time2", "thing3", "秒杀活动即将开始,支持一键发布到商店");

  EachKeyTest(@TempDir Path directory) {
    super(directory);
  }

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
                    new AppSettings(
                        "wx-shop",
                        new TokenSettings.FromWeChat(new AppSecret(SECRET), null),
                        null,
                        true,
                        USUAL_SECKILL,
                        null)),
                new PushServer.Settings(null, Duration.ofMinutes(10)),
                true,
                200_000,
                null,
                new JournalSettings(null, null, null, Duration.ofDays(30)),
                null,
                Duration.ZERO,
                Duration.ofSeconds(15),
                new Logs.Settings(Logs.Format.PLAIN, Level.INFO),
                new ConsoleSettings(true, Set.of())));
  }

  static Stream<Arguments> keys() {
    return Stream.of(
        key("wxnotify.grpc.host", "127.0.0.2", s -> s.grpc().address().getHostString()),
        key("wxnotify.grpc.port", "0", s -> s.grpc().address().getPort()),
        key("wxnotify.monitoring.host", "127.0.0.3", s -> s.monitoringAddress().getHostString()),
        key("wxnotify.monitoring.port", "17", s -> s.monitoringAddress().getPort()),
        key("wxnotify.monitoring.console", "false", s -> s.console().isOn()),
        key(
            "wxnotify.monitoring.allowed-hosts",
            "console.corp.example,ops",
            s -> s.console().allowedHosts().stream().sorted().collect(Collectors.joining(","))),
        key("wxnotify.warm-up", "PT17S", ServerSettings::warmUp),
        key("wxnotify.grpc.max-in-flight", "17", ServerSettings::maxInFlight),
        key("wxnotify.grpc.reflection", "false", s -> s.grpc().reflection()),
        key("wxnotify.grpc.allow-anonymous", "true", s -> s.grpc().allowAnonymous()),
        key("wxnotify.grpc.allow-anonymous-tokens", "true", s -> s.grpc().allowAnonymousTokens()),
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
        key("wxnotify.templates.check", "off", s -> s.checksTemplates() ? "on" : "off"),
        key("wxnotify.push.timestamp-window", "PT3M", s -> s.push().timestampWindow()),
        key("wxnotify.ledger.max-entries", "5", ServerSettings::ledgerEntries),
        key("wxnotify.io.transport", "NIO", ServerSettings::transport),
        key("wxnotify.shutdown.grace", "PT1M", ServerSettings::grace),
        key("wxnotify.log.format", "JSON", s -> s.log().format()),
        key("wxnotify.log.level", "WARN", s -> s.log().level()),
        key("wxnotify.redis.url", "redis://cache:6379", s -> redis(s).url()),
        key("wxnotify.journal.url", "jdbc:postgresql://db:5432/wxnotify", s -> s.journal().url()),
        key("wxnotify.journal.retention", "PT2160H", s -> s.journal().retention()),
        key("wxnotify.apps.shop.app-id", "wx-other", s -> app(s).appId()),
        key("wxnotify.apps.shop.app-secret", "other", s -> secret(app(s)).value()),
        key("wxnotify.apps.shop.base-url", "https://relay.example", s -> app(s).baseUrl()),
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

  /** These need files or other keys: the tests of their section try them. */
  private static final Set<String> TRIED_ELSEWHERE =
      Set.of(
          "wxnotify.grpc.tls.certificate",
          "wxnotify.grpc.tls.private-key",
          "wxnotify.grpc.tls.client-ca",
          "wxnotify.grpc.callers.NAME.token-sha256",
          "wxnotify.grpc.callers.NAME.certificate-names",
          "wxnotify.grpc.callers.NAME.apps",
          "wxnotify.grpc.callers.NAME.max-in-flight",
          "wxnotify.grpc.callers.NAME.max-per-second",
          "wxnotify.grpc.callers.NAME.operator",
          "wxnotify.grpc.callers.NAME.tokens",
          "wxnotify.grpc.callers.NAME.push",
          "wxnotify.push.host",
          "wxnotify.push.port",
          "wxnotify.apps.NAME.push.token",
          "wxnotify.apps.NAME.push.token-file",
          "wxnotify.apps.NAME.push.encoding-aes-key",
          "wxnotify.apps.NAME.push.encoding-aes-key-file",
          "wxnotify.apps.NAME.push.mode",
          "wxnotify.apps.NAME.push.forward-url",
          "wxnotify.apps.NAME.token.source",
          "wxnotify.apps.NAME.token.url",
          "wxnotify.apps.NAME.token.bearer-token",
          "wxnotify.apps.NAME.token.bearer-token-file",
          "wxnotify.apps.NAME.token.redis-key",
          "wxnotify.apps.NAME.token.redis-url",
          "wxnotify.apps.NAME.token.redis-password-file",
          "wxnotify.apps.NAME.token.cloudbase-file",
          "wxnotify.apps.NAME.app-secret-file",
          "wxnotify.wechat.proxy-password-file",
          "wxnotify.journal.user",
          "wxnotify.journal.password-file",
          "wxnotify.redis.password-file",
          "wxnotify.redis.key-prefix",
          "wxnotify.redis.command-timeout",
          "wxnotify.redis.claim-timeout",
          "wxnotify.redis.ca-certificate");

  @Test
  void keys_ofTheDeclarations_areTried() {
    assertThat(
            Stream.concat(
                keys().map(key -> String.valueOf(key.get()[0]).replace(".shop.", ".NAME.")),
                TRIED_ELSEWHERE.stream()))
        .containsExactlyInAnyOrderElementsOf(DeclaredKeys.names());
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
                .map(settings -> secret(app(settings)).value()))
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

  @Test
  void settings_asText_holdNoSecret() throws Exception {
    assertThat(load(ONE_APP, Map.of()).toString()).doesNotContain(SECRET);
  }

  private static RedisLink.Settings redis(ServerSettings settings) {
    return Objects.requireNonNull(settings.redis());
  }

  private static EgressProxy proxy(ServerSettings settings) {
    return Objects.requireNonNull(settings.weChat().proxy());
  }

  private static Arguments key(
      String key, String value, Function<ServerSettings, @Nullable Object> setting) {
    return Arguments.of(key, value, setting);
  }
}
