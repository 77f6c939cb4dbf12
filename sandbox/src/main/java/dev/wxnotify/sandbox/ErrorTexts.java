package dev.wxnotify.sandbox;

import static java.util.Map.entry;

import java.util.Map;

/**
 * What WeChat writes for each error code, from its error tables and from answers that developers
 * have quoted.
 */
final class ErrorTexts {

  static final int BUSY = -1;
  static final int NOT_FOUND = 404;
  static final int INVALID_CREDENTIAL = 40001;
  static final int INVALID_GRANT_TYPE = 40002;
  static final int INVALID_OPEN_ID = 40003;
  static final int INVALID_APP_ID = 40013;
  static final int INVALID_TOKEN = 40014;
  static final int INVALID_TEMPLATE = 40037;
  static final int INVALID_URL = 40066;
  static final int INVALID_SECRET = 40125;
  static final int IP_NOT_LISTED = 40164;
  static final int TOKEN_MISSING = 41001;
  static final int APP_ID_MISSING = 41002;
  static final int SECRET_MISSING = 41004;
  static final int INVALID_PAGE = 41030;
  static final int TOKEN_EXPIRED = 42001;
  static final int REQUIRE_GET = 43001;
  static final int REQUIRE_POST = 43002;
  static final int NOT_SUBSCRIBED = 43101;
  static final int CONCURRENT_SENDS = 43108;
  static final int EMPTY_BODY = 44002;
  static final int DAILY_QUOTA = 45009;
  static final int MINUTE_QUOTA = 45011;
  static final int BLACKLISTED = 45168;
  static final int BAD_JSON = 47001;
  static final int BAD_VALUE = 47003;
  static final int CLEARED_TOO_OFTEN = 48006;
  static final int UNKNOWN_CGI_PATH = 76021;

  private static final Map<Integer, String> TEXTS =
      Map.ofEntries(
          entry(0, "ok"),
          entry(BUSY, "system error"),
          entry(NOT_FOUND, "404 not found"),
          entry(
              INVALID_CREDENTIAL,
              "invalid credential, access_token is invalid or not latest, could get access_token"
                  + " by getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r"),
          entry(INVALID_GRANT_TYPE, "invalid grant_type"),
          entry(INVALID_OPEN_ID, "invalid openid"),
          entry(INVALID_APP_ID, "invalid appid"),
          entry(INVALID_TOKEN, "invalid access_token"),
          entry(INVALID_TEMPLATE, "invalid template_id"),
          entry(INVALID_URL, "invalid url"),
          entry(INVALID_SECRET, "invalid appsecret"),
          entry(IP_NOT_LISTED, "invalid ip 192.0.2.1 ipv6 ::ffff:192.0.2.1, not in whitelist"),
          entry(40243, "appsecret is frozen"),
          entry(TOKEN_MISSING, "access_token missing"),
          entry(APP_ID_MISSING, "appid missing"),
          entry(SECRET_MISSING, "appsecret missing"),
          entry(INVALID_PAGE, "invalid page"),
          entry(TOKEN_EXPIRED, "access_token expired"),
          entry(REQUIRE_GET, "require GET method"),
          entry(REQUIRE_POST, "require POST method"),
          entry(NOT_SUBSCRIBED, "user refuse to accept the msg"),
          entry(43107, "subscribe message capability is banned"),
          entry(
              CONCURRENT_SENDS,
              "Cannot make concurrent calls to the same OpenID, please try again"),
          entry(EMPTY_BODY, "empty post data"),
          entry(DAILY_QUOTA, "reach max api daily quota limit"),
          entry(MINUTE_QUOTA, "api minute-quota reach limit, must slower, retry next minute"),
          entry(45103, "This API has been unsupported"),
          entry(BLACKLISTED, "keyword in blacklist"),
          entry(BAD_JSON, "data format error"),
          entry(BAD_VALUE, "argument invalid! data.thing1.value invalid"),
          entry(48001, "api unauthorized"),
          entry(48004, "api forbidden for irregularities, view detail on mp.weixin.qq.com"),
          entry(CLEARED_TOO_OFTEN, "forbid to clear quota because of reaching the limit"),
          entry(50001, "api unauthorized or user unauthorized"),
          entry(50002, "user limited"),
          entry(50004, "api forbidden"),
          entry(50007, "account frozen"),
          entry(61004, "access clientip is not registered"),
          entry(61007, "api is unauthorized to component"),
          entry(61024, "must use api_component_token to get a token for a component account"),
          entry(UNKNOWN_CGI_PATH, "cgi_path not found, please check"),
          entry(76022, "could not use this cgi_path, no permission"),
          entry(87009, "invalid signature"),
          entry(89501, "an unhandled confirmation request is pending, retry later"),
          entry(89503, "the call needs confirmation by an admin"),
          entry(89506, "the ip was rejected by an admin, retry after 24 hours"),
          entry(89507, "the ip was rejected by an admin, retry after 1 hour"));

  private ErrorTexts() {}

  static String of(int errcode) {
    String text = TEXTS.get(errcode);
    return text != null ? text : ManagementErrors.of(errcode);
  }

  /** The texts of what a send and a token call get, by code, 0 included. */
  static Map<Integer, String> all() {
    return TEXTS;
  }
}
