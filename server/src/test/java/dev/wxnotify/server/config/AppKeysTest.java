package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.wxnotify.server.config.ServerSettings.AppSettings;
import dev.wxnotify.server.wechat.AppSecret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The apps, and their secrets. */
class AppKeysTest extends ConfigFixture {
  AppKeysTest(@TempDir Path directory) {
    super(directory);
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

    assertThat(secret(app(settings))).isEqualTo(new AppSecret(SECRET));
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

    assertThat(secret(app(load(withSecretFile(file), Map.of()))).value()).isEqualTo(SECRET);
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
}
