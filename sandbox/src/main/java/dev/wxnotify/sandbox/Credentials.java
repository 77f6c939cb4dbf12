package dev.wxnotify.sandbox;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the credentials of a token call. */
final class Credentials {

  static final String GRANT_TYPE = "client_credential";

  private final Map<String, String> secrets;
  private final Set<String> allowedIps;

  /**
   * @param secrets the secret of each app
   * @param allowedIps the allowed callers; empty allows all, as for a Mini Program without a list
   */
  Credentials(Map<String, String> secrets, Set<String> allowedIps) {
    this.secrets = secrets;
    this.allowedIps = allowedIps;
  }

  /** Returns the app id if everything is right. */
  String check(
      @Nullable String grantType, @Nullable String appId, @Nullable String secret, String ip)
      throws Refused {
    if (!GRANT_TYPE.equals(grantType)) {
      throw new Refused(ErrorTexts.INVALID_GRANT_TYPE);
    }
    if (appId == null || appId.isEmpty()) {
      throw new Refused(ErrorTexts.APP_ID_MISSING);
    }
    if (secret == null || secret.isEmpty()) {
      throw new Refused(ErrorTexts.SECRET_MISSING);
    }
    String expected = secrets.get(appId);
    if (expected == null) {
      throw new Refused(ErrorTexts.INVALID_APP_ID);
    }
    if (!allowedIps.isEmpty() && !allowedIps.contains(ip)) {
      throw new Refused(
          ErrorTexts.IP_NOT_LISTED,
          "invalid ip " + ip + " ipv6 ::ffff:" + ip + ", not in whitelist");
    }
    if (!expected.equals(secret)) {
      throw new Refused(ErrorTexts.INVALID_SECRET);
    }
    return appId;
  }
}
