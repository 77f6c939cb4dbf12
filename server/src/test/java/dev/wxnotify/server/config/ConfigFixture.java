package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wxnotify.server.config.ServerSettings.AppSettings;
import dev.wxnotify.server.wechat.AppSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes configurations into files, and loads them. */
abstract class ConfigFixture {
  static final String SECRET = "0123456789abcdef-s3cr3t";
  static final String HASH = "2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90";
  static final String OTHER_HASH =
      "81b637d8fcd2c6da6359e6963113a1170de795e4b725b84d1e0b4cfd9ec58ce9";
  static final Map<String, String> ONE_APP =
      Map.of("wxnotify.apps.shop.app-id", "wx-shop", "wxnotify.apps.shop.app-secret", SECRET);
  static final Map<String, String> SECOND_APP =
      Map.of("wxnotify.apps.club.app-id", "wx-club", "wxnotify.apps.club.app-secret", "x");

  final Path directory;

  ConfigFixture(Path directory) {
    this.directory = directory;
  }

  static Map<String, String> with(Map<String, String> keys, String key, String value) {
    return with(keys, Map.of(key, value));
  }

  static Map<String, String> with(Map<String, String> keys, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(keys);
    all.putAll(more);
    return all;
  }

  static Map<String, String> withSecretFile(Path secretFile) {
    return Map.of(
        "wxnotify.apps.shop.app-id",
        "wx-shop",
        "wxnotify.apps.shop.app-secret-file",
        secretFile.toString());
  }

  /**
   * By the rule of the manual: upper case, and an underscore for all that is no letter or digit.
   */
  static String variable(String key) {
    return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  static Map<String, String> variables(Map<String, String> keys) {
    return keys.entrySet().stream()
        .collect(Collectors.toMap(entry -> variable(entry.getKey()), Map.Entry::getValue));
  }

  static AppSettings app(ServerSettings settings) {
    assertThat(settings.apps()).hasSize(1);
    return settings.apps().get(0);
  }

  /** Returns the AppSecret of an app whose token WeChat issues. */
  static AppSecret secret(AppSettings app) {
    return ((TokenSettings.FromWeChat) app.token()).secret();
  }

  ServerSettings load(Map<String, String> keys, Map<String, String> environment) throws Exception {
    return ConfigLoader.load(file(keys), environment, Map.of());
  }

  List<String> mistakes(Map<String, String> keys, Map<String, String> environment)
      throws IOException {
    return mistakes(file(keys), environment);
  }

  List<String> mistakes(String yaml, Map<String, String> environment) throws IOException {
    return mistakes(file(yaml), environment);
  }

  static List<String> mistakes(Path file, Map<String, String> environment) {
    return catchThrowableOfType(
            ConfigurationException.class,
            () -> ConfigLoader.load(file, new HashMap<>(environment), Map.of()))
        .mistakes();
  }

  Path file(String yaml) throws IOException {
    return Files.writeString(Files.createTempFile(directory, "config", ".yaml"), yaml);
  }

  /** Every JSON text is one of YAML too. */
  Path file(Map<String, String> keys) throws IOException {
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
