package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.TestCa;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mistakes are reported all at once, by key, and never with the value. */
class MistakesTest extends ConfigFixture {
  MistakesTest(@TempDir Path directory) {
    super(directory);
  }

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
        "wxnotify.grpc.host | ' ' | wxnotify.grpc.host: is not a known host",
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
        "wxnotify.wechat.connect-timeout | 0s | wxnotify.wechat.connect-timeout: expected: more than zero",
        "wxnotify.wechat.request-timeout | PT-1S | wxnotify.wechat.request-timeout: expected: more than zero",
        "wxnotify.warm-up | PT-1S | wxnotify.warm-up: expected: more than zero",
        "wxnotify.wechat.request-timeout | soon | wxnotify.wechat.request-timeout: expected: a duration",
        "wxnotify.wechat.max-connections | 1 | wxnotify.wechat.max-connections: expected: at least 2",
        "wxnotify.io.transport | kqueue | wxnotify.io.transport: expected: auto, io_uring",
        "wxnotify.log.format | xml | wxnotify.log.format: expected: plain or json",
        "wxnotify.log.level | loud | wxnotify.log.level: expected: ERROR, WARN, INFO, DEBUG or TRACE",
        "wxnotify.ledger.max-entries | 0 | wxnotify.ledger.max-entries: expected: at least 1",
        "wxnotify.redis.claim-timeout | 0s | wxnotify.redis.claim-timeout: expected: more than zero",
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
}
