package dev.wxnotify.sandbox;

import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the pushes of one app go, as its form in the console of WeChat says.
 *
 * @param url an http or https address; WeChat has one for each app
 * @param token 3 to 32 letters and digits; the key of the signatures
 * @param aesKey the EncodingAESKey, 43 letters and digits; null only in plain mode
 */
public record PushTarget(
    URI url, String token, @Nullable String aesKey, PushMode mode, PushFormat format) {

  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9]{3,32}");
  private static final Pattern AES_KEY = Pattern.compile("[A-Za-z0-9]{43}");

  /** Rejects what the console of WeChat rejects, but for the port. */
  public PushTarget {
    String scheme = url.getScheme();
    if (url.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
      throw new IllegalArgumentException("url: " + url + " (expected: http:// or https://)");
    }
    if (url.getRawFragment() != null) {
      throw new IllegalArgumentException("url: " + url + " (expected: no #)");
    }
    // Never the values: both are secrets.
    if (!TOKEN.matcher(token).matches()) {
      throw new IllegalArgumentException("token (expected: 3 to 32 letters and digits)");
    }
    if (aesKey == null ? mode.encrypts() : !AES_KEY.matcher(aesKey).matches()) {
      throw new IllegalArgumentException(
          "aes_key (expected: 43 letters and digits; needed unless the mode is plain)");
    }
  }

  /** Signed pushes in JSON whose text is encrypted. */
  public static PushTarget safe(URI url, String token, String aesKey) {
    return new PushTarget(url, token, aesKey, PushMode.SAFE, PushFormat.JSON);
  }

  /** Pushes in JSON whose text is as it is. */
  public static PushTarget plain(URI url, String token) {
    return new PushTarget(url, token, null, PushMode.PLAIN, PushFormat.JSON);
  }

  /** The same, in another format. */
  public PushTarget in(PushFormat format) {
    return new PushTarget(url, token, aesKey, mode, format);
  }

  /** The same, in another mode. */
  public PushTarget in(PushMode mode) {
    return new PushTarget(url, token, aesKey, mode, format);
  }

  /** The address with a query added to it. */
  URI withQuery(String query) {
    return URI.create(url + (url.getRawQuery() == null ? "?" : "&") + query);
  }

  /** Leaves out both secrets. */
  @Override
  public String toString() {
    return mode + " pushes in " + format + " to " + url;
  }
}
