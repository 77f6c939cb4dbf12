package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.grpc.CallerSettings;
import dev.wxnotify.server.testing.TestCallers;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gRPC port, and who may call. */
class CallerKeysTest extends ConfigFixture {
  CallerKeysTest(@TempDir Path directory) {
    super(directory);
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
  @ValueSource(strings = {"wxnotify.grpc.callers.crm.token-sha256", "wxnotify.grpc.tls.client-ca"})
  void host_beyondLoopbackWhereCallersAreAsked_isTaken(String key) throws Exception {
    List<String> mistakes =
        mistakes(
            with(ONE_APP, key, HASH),
            Map.of("WXNOTIFY_GRPC_HOST", "0.0.0.0", "WXNOTIFY_GRPC_PORT", "70000"));

    assertThat(mistakes).noneMatch(mistake -> mistake.startsWith("wxnotify.grpc.host"));
    assertThat(mistakes).isNotEmpty();
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
            "wxnotify.grpc.callers.crm.operator", "true",
            "wxnotify.grpc.callers.crm.push", "true");
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
                true,
                false,
                true));
  }

  @Test
  void caller_ofATokenAlone_hasTheDefaultsOfTheManual() throws Exception {
    assertThat(
            load(with(ONE_APP, "wxnotify.grpc.callers.crm.token-sha256", HASH), Map.of())
                .grpc()
                .callers())
        .containsExactly(TestCallers.caller("crm", List.of(HASH), null, null, null, false));
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
            TestCallers.caller(
                "crm", List.of(HASH, OTHER_HASH), Set.of("wx-shop"), null, null, false));
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
        "push | maybe | wxnotify.grpc.callers.crm.push",
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"a,b | a/b", "' a , b ' | a/b", "a\\,b,c | a,b/c", "',a,,' | a", "a\\\\ | a\\"})
  void list_inAText_isSplitAtItsCommas(String text, String elements) {
    assertThat(String.join("/", Value.of(text).list())).isEqualTo(elements);
  }

  @Test
  void mistakes_ofElementsOfOneList_areAllTold() throws Exception {
    assertThat(
            mistakes(
                with(
                    ONE_APP,
                    "wxnotify.grpc.callers.crm.token-sha256",
                    "s3cr3t,e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
                Map.of()))
        .containsExactly(
            "wxnotify.grpc.callers.crm.token-sha256: expected: the 64 hexadecimal digits of a"
                + " SHA-256",
            "wxnotify.grpc.callers.crm.token-sha256: is the hash of an empty token");
  }
}
