package dev.wxnotify.web;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Queries and forms. Nothing that is read is an error, and no more than a bound is kept. */
public final class UrlEncoded {
  /** The most parameters that are read; what follows is ignored. */
  public static final int MAX_PARAMETERS = 200;

  private UrlEncoded() {}

  /**
   * Reads {@code a=1&b=2}. Of several values of one name the first counts. A percent sign without
   * two hex digits stands for itself; bytes that are no UTF-8 become U+FFFD.
   */
  public static Map<String, String> parse(String text) {
    Map<String, String> all = new LinkedHashMap<>();
    int from = 0;
    while (from < text.length() && all.size() < MAX_PARAMETERS) {
      int end = text.indexOf('&', from);
      if (end < 0) {
        end = text.length();
      }
      if (end > from) {
        int equals = text.indexOf('=', from);
        int name = equals < 0 || equals > end ? end : equals;
        all.putIfAbsent(
            decode(text.substring(from, name), true),
            decode(text.substring(Math.min(name + 1, end), end), true));
      }
      from = end + 1;
    }
    return all;
  }

  /** Writes {@code a=1&b=2}, in the order of the map. */
  public static String format(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(each -> encode(each.getKey()) + "=" + encode(each.getValue()))
        .collect(Collectors.joining("&"));
  }

  /** Encodes one name or value of a query, or one segment of a path. */
  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  static String decodePath(String path) {
    return decode(path, false);
  }

  static String encodePath(String path) {
    return encode(path).replace("%2F", "/");
  }

  private static String decode(String text, boolean plusIsSpace) {
    if (text.indexOf('%') < 0 && (!plusIsSpace || text.indexOf('+') < 0)) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); ) {
      char c = text.charAt(i);
      int value = c == '%' ? escaped(text, i) : -1;
      if (value >= 0) {
        bytes.write(value);
        i += 3;
      } else if (c == '+' && plusIsSpace) {
        bytes.write(' ');
        i++;
      } else {
        int point = text.codePointAt(i);
        bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
        i += Character.charCount(point);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static int escaped(String text, int at) {
    if (at + 2 >= text.length()) {
      return -1;
    }
    int high = hex(text.charAt(at + 1));
    int low = hex(text.charAt(at + 2));
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }

  /** Not {@link Character#digit}, which takes digits of all scripts. */
  private static int hex(char c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    char lower = (char) (c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
