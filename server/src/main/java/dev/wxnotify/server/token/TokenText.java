package dev.wxnotify.server.token;

import org.jspecify.annotations.Nullable;

/**
 * What an access token looks like where another system keeps it: one word of visible ASCII
 * characters. WeChat's have letters, digits, {@code _} and {@code -}; others are let through, since
 * WeChat promises nothing but the length (512 characters).
 */
public final class TokenText {
  /** Four times what WeChat asks to keep room for. */
  private static final int MOST = 2048;

  private static final int FIRST_VISIBLE = 0x21;
  private static final int LAST_VISIBLE = 0x7e;

  private TokenText() {}

  /** Tells why {@code text} cannot be a token; null if it can. It repeats nothing of the text. */
  public static @Nullable String mistake(String text) {
    if (text.isEmpty()) {
      return "is empty";
    }
    if (text.length() > MOST) {
      return "has more than " + MOST + " characters";
    }
    if (text.chars().anyMatch(each -> each < FIRST_VISIBLE || each > LAST_VISIBLE)) {
      return "is not plain text; it may be the binary form of a serializer or codec";
    }
    if (text.startsWith("\"") || text.startsWith("{") || text.startsWith("[")) {
      return "is JSON and not the token itself";
    }
    return null;
  }
}
