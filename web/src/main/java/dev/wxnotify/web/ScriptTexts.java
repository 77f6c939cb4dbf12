package dev.wxnotify.web;

import java.util.List;
import java.util.stream.Collectors;

/** The texts that {@code web.js} uses. */
final class ScriptTexts {
  static final List<String> KEYS =
      List.of(
          "web.close",
          "web.copied",
          "web.copy.failed",
          "web.failed",
          "web.failed.offline",
          "web.live.on",
          "web.live.off",
          "web.time.now",
          "web.time.ago.seconds",
          "web.time.ago.minutes",
          "web.time.ago.hours",
          "web.time.ago.days",
          "web.time.in.seconds",
          "web.time.in.minutes",
          "web.time.in.hours",
          "web.time.in.days");

  private ScriptTexts() {}

  static String json(Texts.Words words) {
    return KEYS.stream()
        .map(key -> quoted(key.substring("web.".length())) + ":" + quoted(words.get(key)))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
