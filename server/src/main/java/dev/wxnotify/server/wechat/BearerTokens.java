package dev.wxnotify.server.wechat;

import java.util.regex.Pattern;

/** What can be sent as {@code authorization: Bearer}. */
public final class BearerTokens {
  private static final Pattern VISIBLE = Pattern.compile("[!-~]+");

  private BearerTokens() {}

  /** Tells whether {@code text} can be sent; a line break in it would begin another header. */
  public static boolean isValid(String text) {
    return VISIBLE.matcher(text).matches();
  }
}
