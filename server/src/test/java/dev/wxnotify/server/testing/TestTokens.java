package dev.wxnotify.server.testing;

import dev.wxnotify.server.token.AccessToken;
import dev.wxnotify.server.token.TokenSource;
import java.time.Instant;

/** Tokens that WeChat issued to the app of most tests. */
public final class TestTokens {
  /** The AppID of these tokens. */
  public static final String APP = "wx-app";

  private TestTokens() {}

  /** Creates a token. */
  public static AccessToken token(String value, Instant receivedAt, Instant expiresAt) {
    return new AccessToken(value, receivedAt, expiresAt, APP, TokenSource.WECHAT);
  }
}
