package dev.wxnotify.web;

import java.util.LinkedHashMap;
import java.util.Map;

/** The {@code Cookie} header of a request. */
final class Cookies {
  private static final int MAX = 100;

  private Cookies() {}

  /**
   * Reads all cookies; what has no name is ignored, and of several with one name the first counts.
   */
  static Map<String, String> parse(String header) {
    Map<String, String> all = new LinkedHashMap<>();
    int from = 0;
    for (int parts = 0; from < header.length() && parts < MAX; parts++) {
      int end = header.indexOf(';', from);
      if (end < 0) {
        end = header.length();
      }
      String part = header.substring(from, end);
      int equals = part.indexOf('=');
      if (equals > 0) {
        all.putIfAbsent(part.substring(0, equals).strip(), value(part.substring(equals + 1)));
      }
      from = end + 1;
    }
    return all;
  }

  private static String value(String text) {
    String value = text.strip();
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
