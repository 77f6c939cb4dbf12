package dev.wxnotify.server.config;

import dev.wxnotify.server.config.ServerSettings.AppSettings;
import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.redis.RedisLink;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the apps that messages are sent for. */
final class AppReader {
  private final Reading reading;
  private final RedisReader redisReader;
  private final RedisLink.@Nullable Settings redis;
  private final Map<String, String> appIds = new HashMap<>();

  /**
   * Creates a reader.
   *
   * @param redis the Redis of the server itself; null for none
   */
  AppReader(Reading reading, RedisReader redisReader, RedisLink.@Nullable Settings redis) {
    this.reading = reading;
    this.redisReader = redisReader;
    this.redis = redis;
  }

  List<AppSettings> read() {
    List<Reading> all = reading.each(AppKeys.ALL);
    if (all.isEmpty()) {
      reading.mistake(
          AppKeys.ALL,
          "there is none (expected: "
              + AppKeys.APP_ID.name()
              + " and "
              + AppKeys.APP_SECRET.name()
              + ")");
    }
    List<AppSettings> apps = new ArrayList<>();
    for (Reading app : all) {
      String appId = appId(app);
      boolean isDefault = app.get(AppKeys.DEFAULT) || all.size() == 1;
      SeckillTemplate seckill = seckill(app);
      TokenSourceReader tokens = new TokenSourceReader(app, redisReader, redis);
      URI baseUrl = tokens.baseUrl();
      PushAppSettings push = PushReader.ofApp(app);
      tokens
          .read(appId)
          .ifPresent(
              token -> apps.add(new AppSettings(appId, token, baseUrl, isDefault, seckill, push)));
    }
    if (all.stream().filter(app -> app.get(AppKeys.DEFAULT)).count() > 1) {
      reading.mistake(AppKeys.ALL, "more than one app has default=true");
    }
    return apps;
  }

  /** Returns the AppID of each app that was read, by the operator's name of it. */
  Map<String, String> appIds() {
    return Map.copyOf(appIds);
  }

  private String appId(Reading app) {
    Optional<String> appId = app.find(AppKeys.APP_ID);
    if (appId.isPresent() && appIds.containsValue(appId.get())) {
      app.mistake(AppKeys.APP_ID, "is that of another app too");
    }
    appIds.put(app.name(), appId.orElse(""));
    return appId.orElse("");
  }

  private static SeckillTemplate seckill(Reading app) {
    Set<String> differing = new HashSet<>();
    boolean isTwice =
        Stream.of(
                AppKeys.SECKILL_GOODS_KEYWORD,
                AppKeys.SECKILL_TIME_KEYWORD,
                AppKeys.SECKILL_NOTE_KEYWORD)
            .flatMap(key -> app.find(key).stream())
            .anyMatch(keyword -> !differing.add(keyword));
    if (isTwice) {
      app.mistake(AppKeys.SECKILL, "the three keywords must differ");
    }
    return new SeckillTemplate(
        app.get(AppKeys.SECKILL_PAGE),
        app.find(AppKeys.SECKILL_TEMPLATE_ID).orElse(""),
        app.get(AppKeys.SECKILL_GOODS_KEYWORD),
        app.get(AppKeys.SECKILL_TIME_KEYWORD),
        app.get(AppKeys.SECKILL_NOTE_KEYWORD),
        app.get(AppKeys.SECKILL_NOTE));
  }
}
