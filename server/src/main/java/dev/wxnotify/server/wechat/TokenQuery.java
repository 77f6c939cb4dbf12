package dev.wxnotify.server.wechat;

import dev.wxnotify.server.token.AccessToken;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** How a token is presented in the query of a request: under which name, or not at all. */
final class TokenQuery {
  private static final String USUAL = "access_token=";

  /** The token of WeChat's cloud hosting; under the usual name WeChat refuses it (40001). */
  private static final String OF_HOSTING = "cloudbase_access_token=";

  private TokenQuery() {}

  /**
   * Returns the query of a request with {@code token}.
   *
   * @param more the rest of the query, percent-encoded; null for none
   * @return null for no query at all
   */
  static @Nullable String of(AccessToken token, @Nullable String more) {
    String own =
        switch (token.source()) {
          case WECHAT, URL, REDIS -> USUAL + encoded(token);
          case CLOUDBASE -> OF_HOSTING + encoded(token);
          case NONE -> null;
        };
    if (own == null || more == null) {
      return own == null ? more : own;
    }
    return own + "&" + more;
  }

  private static String encoded(AccessToken token) {
    return URLEncoder.encode(token.value(), StandardCharsets.UTF_8);
  }
}
