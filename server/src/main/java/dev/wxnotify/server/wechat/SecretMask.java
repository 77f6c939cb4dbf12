package dev.wxnotify.server.wechat;

import java.util.regex.Pattern;

/**
 * Hides the values of tokens and secrets in a query, a form or a JSON text. WeChat hides them too,
 * but nobody knows in which places.
 */
final class SecretMask {
  private static final String MASK = "********";
  private static final String NAMES = "[a-z_]*(?:access_token|refresh_token|secret)";

  /** Also after an escaped quote: a JSON text inside another. */
  private static final Pattern IN_JSON =
      Pattern.compile(
          "(\\\\*+\"" + NAMES + "\\\\*+\"\\s*+:\\s*+\\\\*+\")[^\"\\\\]*+",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern IN_FORM =
      Pattern.compile("((?:^|[?&\\s\"])" + NAMES + "=)[^&\\s\"]*+", Pattern.CASE_INSENSITIVE);

  private SecretMask() {}

  /** Returns the text with {@value #MASK} in place of each token and secret. */
  static String hide(String text) {
    String masked = IN_JSON.matcher(text).replaceAll("$1" + MASK);
    return IN_FORM.matcher(masked).replaceAll("$1" + MASK);
  }
}
