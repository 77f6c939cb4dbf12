package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.grpc.CallerSettings;
import dev.wxnotify.server.testing.TestCallers;
import dev.wxnotify.server.wechat.AppSecret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What environment variables stand for. */
class EnvironmentTest extends ConfigFixture {
  EnvironmentTest(@TempDir Path directory) {
    super(directory);
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
    assertThat(secret(app(settings))).isEqualTo(new AppSecret(SECRET));
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

    assertThat(secret(app(settings))).isEqualTo(new AppSecret(SECRET));
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
            TestCallers.caller("crm", List.of(HASH), null, null, null, false),
            TestCallers.caller("on-call", List.of(OTHER_HASH), Set.of("wx-cn"), null, null, true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"on_call", "On-Call", "ON_call"})
  void environment_nameThatTheFileHas_isThatOne(String name) throws Exception {
    ServerSettings settings =
        load(
            with(ONE_APP, "wxnotify.grpc.callers." + name + ".token-sha256", HASH),
            Map.of("WXNOTIFY_GRPC_CALLERS_ON_CALL_OPERATOR", "true"));

    assertThat(settings.grpc().callers())
        .containsExactly(TestCallers.caller(name, List.of(HASH), null, null, null, true));
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

  @Test
  void environment_otherSpellings_areTheSameVariable() throws Exception {
    ServerSettings settings =
        load(
            ONE_APP,
            Map.of("wxnotify_grpc_port", "7", "wxnotify_grpc_callers_on_call_token_sha256", HASH));

    assertThat(settings.grpc().address().getPort()).isEqualTo(7);
    assertThat(settings.grpc().callers())
        .extracting(CallerSettings::name)
        .containsExactly("on-call");
  }

  @ParameterizedTest
  @CsvSource({
    "wxnotify_shutdown_grace, WXNOTIFY_SHUTDOWN_GRACE",
    "WXNOTIFY_SHUTDOWN_GRACE, wxnotify_shutdown_grace",
  })
  void environment_twoSpellings_theUsualOneCounts(String first, String second) throws Exception {
    Map<String, String> variables = new LinkedHashMap<>();
    for (String each : List.of(first, second)) {
      variables.put(each, each.startsWith("WX") ? "2s" : "1s");
    }

    assertThat(load(ONE_APP, variables).grace()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void environment_nameWithADotInTheFile_isThatOne() throws Exception {
    Path file =
        file(
            """
            wxnotify:
              apps: {shop: {app-id: wx-shop, app-secret: x}}
              grpc: {callers: {crm.cn: {token-sha256: %s}}}
            """
                .formatted(HASH));

    ServerSettings settings =
        ConfigLoader.load(file, Map.of("WXNOTIFY_GRPC_CALLERS_CRM_CN_OPERATOR", "true"), Map.of());

    assertThat(settings.grpc().callers())
        .containsExactly(TestCallers.caller("crm.cn", List.of(HASH), null, null, null, true));
  }

  @Test
  void environment_emptyVariable_takesAwayWhatTheFileSays() throws Exception {
    Map<String, String> keys = with(ONE_APP, "wxnotify.redis.url", "redis://cache");

    assertThat(load(keys, Map.of("WXNOTIFY_REDIS_URL", "")).redis()).isNull();
  }

  @Test
  void mistake_inAVariable_namesIt() throws Exception {
    assertThat(
            mistakes(
                with(ONE_APP, "wxnotify.grpc.port", "0"), Map.of("WXNOTIFY_GRPC_PORT", "s3cr3t")))
        .containsExactly(
            "wxnotify.grpc.port: expected: a whole number (set by WXNOTIFY_GRPC_PORT)");
    assertThat(mistakes(with(ONE_APP, "wxnotify.grpc.port", "s3cr3t"), Map.of()))
        .containsExactly("wxnotify.grpc.port: expected: a whole number");
  }
}
