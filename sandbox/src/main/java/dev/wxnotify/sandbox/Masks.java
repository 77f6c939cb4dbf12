package dev.wxnotify.sandbox;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Hides what WeChat hides when it shows a request. */
final class Masks {

  private static final String MASK = "********";
  private static final String SECRETS =
      "(?:(?:cloudbase_|component_|authorizer_)?access_token|(?:app)?secret)";
  private static final Pattern SECRET = Pattern.compile(SECRETS);
  private static final Pattern IN_JSON =
      Pattern.compile("(\"" + SECRETS + "\"\\s*:\\s*\")(?:[^\"\\\\]|\\\\.)*");
  private static final Pattern IN_FORM = Pattern.compile("((?:^|&)" + SECRETS + "=)[^&]*");
  private static final Pattern SECOND_PART = Pattern.compile("(?<=[.:])[0-9a-f]*(?=[.:])");

  private Masks() {}

  static String query(Map<String, String> query) {
    return query.entrySet().stream()
        .map(parameter -> parameter.getKey() + "=" + value(parameter))
        .collect(Collectors.joining("&"));
  }

  static String body(String body) {
    return IN_FORM.matcher(IN_JSON.matcher(body).replaceAll("$1" + MASK)).replaceAll("$1" + MASK);
  }

  /** {@code 113.xx.70.51}, as in WeChat's example. */
  static String ip(String ip) {
    return SECOND_PART.matcher(ip).replaceFirst("xx");
  }

  private static String value(Map.Entry<String, String> parameter) {
    return SECRET.matcher(parameter.getKey()).matches()
        ? MASK
        : URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8);
  }
}
