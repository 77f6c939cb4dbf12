package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wxnotify.server.wechat.EgressProxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The way to WeChat. */
class WeChatKeysTest extends ConfigFixture {
  WeChatKeysTest(@TempDir Path directory) {
    super(directory);
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
}
