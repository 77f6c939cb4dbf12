package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.config.KeyInUse.Origin;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is shown of a configuration. */
class KeysInUseTest extends ConfigFixture {
  private static final String YAML =
      """
      wxnotify:
        monitoring: {port: 17, allowed-hosts: [one.example, two.example]}
        wechat: {base-url: "https://relay.example/path-hush/"}
        redis: {url: "redis://:redis-hush@cache:6379"}
        journal: {url: "jdbc:postgresql://db/wxnotify?options=hush"}
        grpc:
          callers:
            crm: {token-sha256: %s, operator: true}
        apps:
          shop: {app-id: wx-shop, app-secret: app-hush, default: true}
          "a.b": {app-id: wx-club, app-secret: club-hush}
      """
          .formatted(HASH);

  KeysInUseTest(@TempDir Path directory) {
    super(directory);
  }

  private Configuration load(String yaml, Map<String, String> environment) throws Exception {
    return Configuration.load(
        file(yaml), environment, Map.of("wxnotify.push.timestamp-window", "3m"), settings -> {});
  }

  private static KeyInUse find(List<KeyInUse> keys, String key) {
    return keys.stream().filter(each -> each.key().equals(key)).findFirst().orElseThrow();
  }

  @Test
  void noSecret_isInIt_andNoHash() throws Exception {
    List<KeyInUse> keys = keys(load(YAML, Map.of()));

    assertThat(keys.toString()).doesNotContain("hush").doesNotContain(HASH);
    assertThat(keys)
        .filteredOn(KeyInUse::isSecret)
        .isNotEmpty()
        .allSatisfy(key -> assertThat(key.value()).isEmpty());
    assertThat(find(keys, "wxnotify.apps.shop.app-secret"))
        .returns(true, KeyInUse::isSecret)
        .returns(true, KeyInUse::isSet);
    assertThat(find(keys, "wxnotify.grpc.callers.crm.token-sha256")).returns(true, KeyInUse::isSet);
    assertThat(find(keys, "wxnotify.apps.shop.token.bearer-token"))
        .returns(true, KeyInUse::isSecret)
        .returns(false, KeyInUse::isSet);
    assertThat(find(keys, "wxnotify.wechat.base-url").value()).isEqualTo("https://relay.example/…");
  }

  private static List<KeyInUse> keys(Configuration configuration) {
    return configuration.keysInUse(configuration);
  }

  @Test
  void everyKey_hasItsOrigin() throws Exception {
    List<KeyInUse> keys =
        keys(load(YAML, Map.of("WXNOTIFY_GRPC_PORT", "7", "WXNOTIFY_MONITORING_PORT", "18")));

    assertThat(find(keys, "wxnotify.monitoring.port"))
        .returns("18", KeyInUse::value)
        .returns("9464", KeyInUse::byDefault)
        .returns(Origin.ENVIRONMENT, KeyInUse::origin)
        .returns("WXNOTIFY_MONITORING_PORT", KeyInUse::variable);
    assertThat(find(keys, "wxnotify.monitoring.allowed-hosts"))
        .returns("one.example,two.example", KeyInUse::value)
        .returns(Origin.FILE, KeyInUse::origin);
    assertThat(find(keys, "wxnotify.push.timestamp-window"))
        .returns("3m", KeyInUse::value)
        .returns(Origin.COMMAND, KeyInUse::origin);
    assertThat(find(keys, "wxnotify.log.level"))
        .returns("INFO", KeyInUse::value)
        .returns(Origin.DEFAULT, KeyInUse::origin)
        .returns(true, KeyInUse::isSet);
    assertThat(find(keys, "wxnotify.journal.user"))
        .returns("", KeyInUse::value)
        .returns(Origin.NONE, KeyInUse::origin)
        .returns(false, KeyInUse::isSet);
  }

  @Test
  void all_isEveryKey_onceForEachName() throws Exception {
    List<String> names = keys(load(YAML, Map.of())).stream().map(KeyInUse::key).toList();

    assertThat(names).doesNotHaveDuplicates();
    for (Key<?> key : Keys.ALL) {
      if (key.name().startsWith(AppKeys.ALL + ".")) {
        assertThat(names).contains(Key.withName(key.name(), "shop"));
        assertThat(names).contains(Key.withName(key.name(), "\"a.b\""));
      } else if (key.name().startsWith(CallerKeys.ALL + ".")) {
        assertThat(names).contains(Key.withName(key.name(), "crm"));
      } else {
        assertThat(names).contains(key.name());
      }
    }
  }

  @Test
  void laterFile_changesAppsAndCallersOnly() throws Exception {
    Configuration started = load(YAML, Map.of());
    String changed =
        YAML.replace("port: 17", "port: 19").replace("wx-shop", "wx-other").replace("crm", "erp");
    List<KeyInUse> keys = started.keysInUse(started.next(changed.getBytes(StandardCharsets.UTF_8)));

    assertThat(find(keys, "wxnotify.monitoring.port").value()).isEqualTo("17");
    assertThat(find(keys, "wxnotify.apps.shop.app-id").value()).isEqualTo("wx-other");
    assertThat(keys).extracting(KeyInUse::key).contains("wxnotify.grpc.callers.erp.operator");
    assertThat(keys).extracting(KeyInUse::key).noneMatch(key -> key.contains(".crm."));
  }

  @Test
  void appNames_areThoseOfTheOperator() throws Exception {
    assertThat(load(YAML, Map.of()).appNames())
        .isEqualTo(Map.of("wx-shop", "shop", "wx-club", "a.b"));
  }

  @Test
  void hosts_thatAreNone_areMistakes() throws Exception {
    for (String wrong : List.of("http://x", "x:80", "a b", "-x", "[::1]", "x/")) {
      assertThat(mistakes(with(ONE_APP, "wxnotify.monitoring.allowed-hosts", wrong), Map.of()))
          .containsExactly(
              "wxnotify.monitoring.allowed-hosts: expected: the name of a host, without scheme and"
                  + " port");
    }
    assertThat(
            load(with(ONE_APP, "wxnotify.monitoring.allowed-hosts", "A.example, b_c"), Map.of())
                .console()
                .allowedHosts())
        .containsExactlyInAnyOrder("a.example", "b_c");
  }
}
