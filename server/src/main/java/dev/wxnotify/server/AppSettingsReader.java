package dev.wxnotify.server;

import dev.wxnotify.server.ServerSettings.AppSettings;
import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.wechat.AppSecret;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks what is said of the apps that messages are sent for. */
final class AppSettingsReader {
  private final Mistakes mistakes;

  AppSettingsReader(Mistakes mistakes) {
    this.mistakes = mistakes;
  }

  /** Returns the AppID of each app that is configured, by its name. */
  static Map<String, String> appIds(Map<String, ServerConfig.AppConfig> configs) {
    Map<String, String> ids = new HashMap<>();
    configs.forEach((name, config) -> ids.put(name, config.appId().orElse("").strip()));
    return ids;
  }

  List<AppSettings> read(Map<String, ServerConfig.AppConfig> configs) {
    if (configs.isEmpty()) {
      mistakes.add(
          "wxnotify.apps",
          "there is none (expected: wxnotify.apps.NAME.app-id and wxnotify.apps.NAME.app-secret)");
    }
    List<AppSettings> apps = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    configs.forEach(
        (name, config) -> {
          String key = "wxnotify.apps." + name;
          String appId = config.appId().orElse("").strip();
          if (appId.isEmpty()) {
            mistakes.add(key + ".app-id", "is required");
          } else if (!appId.matches("[A-Za-z0-9_-]{1,64}")) {
            mistakes.add(key + ".app-id", "is not an AppID");
          } else if (appId.matches("[0-9a-fA-F]{32}")) {
            // The log and the metrics name AppIDs.
            mistakes.add(key + ".app-id", "is not an AppID; it looks like an AppSecret");
          } else if (!ids.add(appId)) {
            mistakes.add(key + ".app-id", "is that of another app too");
          }
          AppSecret secret = secret(key, config);
          if (secret != null) {
            apps.add(
                new AppSettings(
                    appId,
                    secret,
                    config.appSecretFile().map(Path::of).orElse(null),
                    config.isDefault() || configs.size() == 1,
                    seckill(key, config.seckill())));
          }
        });
    if (configs.values().stream().filter(ServerConfig.AppConfig::isDefault).count() > 1) {
      mistakes.add("wxnotify.apps", "more than one app has default=true");
    }
    return apps;
  }

  private @Nullable AppSecret secret(String key, ServerConfig.AppConfig config) {
    if (config.appSecret().isPresent() == config.appSecretFile().isPresent()) {
      mistakes.add(key, "expected: exactly one of app-secret and app-secret-file");
      return null;
    }
    String secret =
        config.appSecret().isPresent()
            ? mistakes.secretValue(key + ".app-secret", config.appSecret().get())
            : mistakes.secret(key + ".app-secret-file", config.appSecretFile().orElseThrow());
    return secret == null ? null : new AppSecret(secret);
  }

  private SeckillTemplate seckill(String key, ServerConfig.Seckill seckill) {
    keyword(key + ".seckill.goods-keyword", seckill.goodsKeyword());
    keyword(key + ".seckill.time-keyword", seckill.timeKeyword());
    keyword(key + ".seckill.note-keyword", seckill.noteKeyword());
    Set<String> keywords =
        new HashSet<>(
            List.of(seckill.goodsKeyword(), seckill.timeKeyword(), seckill.noteKeyword()));
    if (keywords.size() < 3) {
      mistakes.add(key + ".seckill", "the three keywords must differ");
    }
    if (seckill.page().isBlank() || seckill.page().contains("?")) {
      mistakes.add(key + ".seckill.page", "expected: a page without query");
    }
    return new SeckillTemplate(
        seckill.page(),
        seckill.templateId().orElse(""),
        seckill.goodsKeyword(),
        seckill.timeKeyword(),
        seckill.noteKeyword(),
        seckill.note());
  }

  private void keyword(String key, String keyword) {
    if (!keyword.matches("[a-z_]+[0-9]+")) {
      mistakes.add(key, "expected: a keyword of a template, such as thing1");
    }
  }
}
