package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.push.PushMode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where WeChat's pushes arrive, and which of them are accepted. */
class PushKeysTest extends ConfigFixture {
  private static final String PUSH = "wxnotify.apps.shop.push.";
  private static final String KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
  private static final String OTHER_KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg";
  private static final String TOKEN = "hush-token-1";

  PushKeysTest(@TempDir Path directory) {
    super(directory);
  }

  private static Map<String, String> push(String... more) {
    Map<String, String> keys = new HashMap<>(ONE_APP);
    for (int i = 0; i < more.length; i += 2) {
      keys.put(more[i].startsWith("wxnotify.") ? more[i] : PUSH + more[i], more[i + 1]);
    }
    return keys;
  }

  private PushAppSettings read(String... more) throws Exception {
    return Objects.requireNonNull(app(load(push(more), Map.of())).push());
  }

  private Path write(String name, String content) throws Exception {
    return Files.writeString(directory.resolve(name), content);
  }

  @Test
  void endpoint_isOffWithoutAPort() throws Exception {
    assertThat(load(ONE_APP, Map.of()).push().address()).isNull();
    assertThat(load(push("wxnotify.push.host", "127.0.0.4"), Map.of()).push().address()).isNull();
    assertThat(app(load(ONE_APP, Map.of())).push()).isNull();
  }

  @Test
  void endpoint_hasItsAddress() throws Exception {
    ServerSettings settings =
        load(push("wxnotify.push.host", "127.0.0.4", "wxnotify.push.port", "9466"), Map.of());

    assertThat(String.valueOf(settings.push().address())).isEqualTo("/127.0.0.4:9466");
    assertThat(settings.push().timestampWindow()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void app_secretsInPlace_areRead() throws Exception {
    PushAppSettings push = read("token", TOKEN, "encoding-aes-key", KEY);

    assertThat(push)
        .isEqualTo(
            new PushAppSettings(
                "shop",
                new PushAppSettings.Secrets(List.of(TOKEN), List.of()),
                new PushAppSettings.Secrets(List.of(KEY), List.of()),
                PushMode.SAFE,
                null));
  }

  @Test
  void app_severalSecretsWhileTheyChange_areRead() throws Exception {
    PushAppSettings push =
        read(
            "token",
            TOKEN + ", other",
            "encoding-aes-key",
            KEY + "," + OTHER_KEY,
            "forward-url",
            "http://mall.internal:8080/wx");

    assertThat(push.tokens().values()).containsExactly(TOKEN, "other");
    assertThat(push.keys().values()).containsExactly(KEY, OTHER_KEY);
    assertThat(push.forwardUrl()).isEqualTo(URI.create("http://mall.internal:8080/wx"));
  }

  @Test
  void app_files_areRead() throws Exception {
    Path token = write("token", TOKEN + "\n");
    Path key = write("key", KEY + "\n");
    Path other = write("other", OTHER_KEY);

    PushAppSettings push =
        read("token-file", token.toString(), "encoding-aes-key-file", key + "," + other);

    assertThat(push.tokens().values()).containsExactly(TOKEN);
    assertThat(push.keys().values()).containsExactly(KEY, OTHER_KEY);
    assertThat(push.keys().files()).containsExactly(key, other);
  }

  @Test
  void app_plainMode_needsNoKey() throws Exception {
    PushAppSettings push = read("token", TOKEN, "mode", "plain");

    assertThat(push.mode()).isEqualTo(PushMode.PLAIN);
    assertThat(push.keys().values()).isEmpty();
  }

  @Test
  void settings_asText_holdNoSecret() throws Exception {
    assertThat(load(push("token", TOKEN, "encoding-aes-key", KEY), Map.of()).toString())
        .contains("shop")
        .doesNotContain(TOKEN, KEY);
  }

  @Test
  void file_thatHoldsSomethingElseNow_isNoOtherConfiguration() throws Exception {
    Path token = write("token", TOKEN);
    PushAppSettings before = read("token-file", token.toString(), "encoding-aes-key", KEY);
    write("token", "another");
    PushAppSettings after = read("token-file", token.toString(), "encoding-aes-key", KEY);

    assertThat(after).isNotEqualTo(before);
    assertThat(after.withSecretsOf(before)).isEqualTo(before);
    assertThat(read("token", "x", "encoding-aes-key", KEY).withSecretsOf(before))
        .isNotEqualTo(before);
    assertThat(after.withSecretsOf(null)).isEqualTo(after);
  }

  @Test
  void mistakes_areAllNamedAndRepeatNothing() throws Exception {
    Path notAKey = write("not-a-key", "hush-not-a-key");

    assertThat(mistakes(push("encoding-aes-key", "hush-short"), Map.of()))
        .containsExactlyInAnyOrder(
            PUSH + "encoding-aes-key: expected: 43 characters of A-Z a-z 0-9",
            "wxnotify.apps.shop.push: expected: push.token or push.token-file with the other"
                + " keys");
    assertThat(
            mistakes(
                push(
                    "token",
                    TOKEN,
                    "token-file",
                    notAKey.toString(),
                    "encoding-aes-key-file",
                    notAKey.toString(),
                    "mode",
                    "half",
                    "forward-url",
                    "ftp://x",
                    "wxnotify.push.port",
                    "70000",
                    "wxnotify.push.timestamp-window",
                    "0s"),
                Map.of()))
        .containsExactlyInAnyOrder(
            PUSH + "token-file: expected: the secret itself, or a file of it",
            PUSH
                + "encoding-aes-key-file: holds no EncodingAESKey (expected: 43 characters of"
                + " A-Z a-z 0-9)",
            PUSH + "mode: expected: safe or plain",
            PUSH + "forward-url: expected: the scheme https",
            "wxnotify.push.port: expected: 0 to 65535",
            "wxnotify.push.timestamp-window: expected: more than zero, and at most 365 days");
    assertThat(mistakes(push("token", TOKEN), Map.of()))
        .containsExactly(
            "wxnotify.apps.shop.push: expected: push.encoding-aes-key or"
                + " push.encoding-aes-key-file for push.mode=safe");
    assertThat(mistakes(push("token", "\"quoted\"", "encoding-aes-key", KEY), Map.of()))
        .containsExactly(PUSH + "token: has quotes around it, which would be part of the secret");
  }
}
