package dev.wxnotify.sandbox;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Pushes that are not about subscribe messages, and that every URL gets too. */
final class OtherPushes {

  static final List<String> KINDS =
      List.of("debug_demo", "customer_text", "media_check", "unknown");

  private OtherPushes() {}

  /** What follows {@code CreateTime}; empty for a kind that there is not. */
  static Map<String, String> fields(String kind, String text) {
    Map<String, String> fields = new LinkedHashMap<>();
    switch (kind) {
      case "debug_demo" -> {
        event(fields, "debug_demo");
        fields.put("debug_str", text);
      }
      case "customer_text" -> {
        fields.put("MsgType", "text");
        fields.put("Content", text);
        fields.put(
            "MsgId", Long.toString(ThreadLocalRandom.current().nextLong(1L << 53, 1L << 62)));
      }
      case "media_check" -> {
        event(fields, "wxa_media_check");
        fields.put("trace_id", text);
        fields.put("version", "2");
        fields.put("errcode", "0");
        fields.put("errmsg", "ok");
      }
      case "unknown" -> {
        event(fields, "sandbox_unknown_event");
        fields.put("Text", text);
      }
      default -> fields.clear();
    }
    return fields;
  }

  private static void event(Map<String, String> fields, String name) {
    fields.put("MsgType", "event");
    fields.put("Event", name);
  }
}
