package dev.wxnotify.server.template;

import java.util.List;

/**
 * One keyword of a template: a value that each message fills in.
 *
 * @param key the key in the data of a message, such as {@code thing1}
 * @param label what the user reads before the value; empty where the text has none
 * @param enumValues the only values that WeChat takes; empty where the rule of the type decides
 * @param example an example of a value; empty where the template has none
 */
public record Keyword(String key, String label, List<String> enumValues, String example) {
  private static final String SUFFIX = ".DATA";

  /** Copies. */
  public Keyword {
    enumValues = List.copyOf(enumValues);
  }

  /** Returns the type: the key without its number, such as {@code thing}. */
  public String type() {
    int end = key.length();
    while (end > 0 && isDigit(key.charAt(end - 1))) {
      end--;
    }
    return key.substring(0, end);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** Returns the key that WeChat writes with or without {@code .DATA}. */
  public static String keyOf(String written) {
    String text = written.strip();
    int end = text.length() - SUFFIX.length();
    return end > 0 && text.regionMatches(true, end, SUFFIX, 0, SUFFIX.length())
        ? text.substring(0, end).stripTrailing()
        : text;
  }
}
