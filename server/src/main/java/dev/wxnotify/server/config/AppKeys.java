package dev.wxnotify.server.config;

import dev.wxnotify.files.SmallFile;
import dev.wxnotify.files.UnusableFileException;
import dev.wxnotify.server.token.TokenSource;
import dev.wxnotify.server.wechat.CloudbaseTokenFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** The keys of each app, with those of its flash-sale reminders. */
final class AppKeys {
  /** What all apps have in common. */
  static final String ALL = "wxnotify.apps";

  /** One app. */
  static final String ONE = ALL + "." + Key.NAME;

  /** The flash-sale reminders of one app. */
  static final String SECKILL = ONE + ".seckill";

  private static final ValueType<String> KEYWORD =
      ValueType.of("keyword such as `thing1`", AppKeys::keyword);

  static final Key<String> APP_ID =
      Key.required(
          ONE + ".app-id",
          ValueType.of("text, at most 64 of `A-Z a-z 0-9 _ -`", AppKeys::appId),
          "the AppID. No two apps share one; a text that looks like an AppSecret (32 hexadecimal"
              + " digits) is a mistake, because logs and metrics name AppIDs");

  static final Key<String> APP_SECRET =
      Key.optional(
          ONE + ".app-secret",
          Types.SECRET,
          "the AppSecret. Exactly one of this and `app-secret-file` is required, unless another"
              + " system obtains the token (`token.source`): then neither may be there");

  static final Key<SecretFile> APP_SECRET_FILE =
      Key.optional(
          ONE + ".app-secret-file",
          Types.SECRET_FILE,
          "a file that holds the AppSecret; read again when it changes");

  static final Key<Boolean> DEFAULT =
      Key.of(
          ONE + ".default",
          Types.BOOLEAN,
          "false",
          "whether messages without `app_id` belong to this app. At most one app is the default; a"
              + " single app is the default in any case");

  static final Key<URI> BASE_URL =
      Key.optional(
          ONE + ".base-url",
          ValueType.of("URL without user, query and fragment", WeChatUrls::anyBaseUrl),
          "where the calls of this app go; absent: `wxnotify.wechat.base-url`. `http://` beyond"
              + " loopback addresses is for `token.source` = `none` alone, and bypasses"
              + " `wxnotify.wechat.proxy`");

  static final Key<TokenSource> TOKEN_SOURCE =
      Key.of(
          ONE + ".token.source",
          Types.oneOf(TokenSource.class),
          "wechat",
          "where the access token comes from: WeChat, by the AppSecret; an HTTP endpoint"
              + " (`token.url`); another system's Redis (`token.redis-key`); the token file of"
              + " WeChat's cloud hosting (`token.cloudbase-file`); or nowhere, since the hosting's"
              + " open interface needs none. See [tokens.md](tokens.md)");

  static final Key<URI> TOKEN_URL =
      Key.optional(
          ONE + ".token.url",
          ValueType.of("URL without user and fragment", WeChatUrls::tokenUrl),
          "the endpoint that answers a GET as WeChat's `/cgi-bin/token` does. `http://` is for"
              + " loopback addresses only, since the token travels on it. A secret belongs into"
              + " `token.bearer-token-file`, and not into its query");

  static final Key<String> TOKEN_BEARER =
      Key.optional(
          ONE + ".token.bearer-token",
          Types.SECRET,
          "sent to `token.url` as `authorization: Bearer`; absent: no such header");

  static final Key<SecretFile> TOKEN_BEARER_FILE =
      Key.optional(
          ONE + ".token.bearer-token-file",
          Types.SECRET_FILE,
          "a file that holds it instead; read again when it changes");

  static final Key<String> TOKEN_REDIS_KEY =
      Key.optional(
          ONE + ".token.redis-key",
          Types.TEXT,
          "the key under which another system keeps the token, as a plain string; it is only read."
              + " `{appid}` stands for the AppID: `wa:access_token:{appid}` for WxJava");

  static final Key<String> TOKEN_REDIS_URL =
      Key.optional(
          ONE + ".token.redis-url",
          RedisKeys.URL_TYPE,
          "the Redis of that key; absent: that of `wxnotify.redis.url`, with its password file. No"
              + " prefix is added to the key");

  static final Key<SecretFile> TOKEN_REDIS_PASSWORD_FILE =
      Key.optional(
          ONE + ".token.redis-password-file",
          Types.SECRET_FILE,
          "a file that holds the password for `token.redis-url`, which is then not in the URL; read"
              + " again for each new connection");

  static final Key<Path> TOKEN_CLOUDBASE_FILE =
      Key.of(
          ONE + ".token.cloudbase-file",
          ValueType.of("path", AppKeys::path),
          CloudbaseTokenFile.USUAL_PATH,
          "the token file of WeChat's cloud hosting. It need not be there yet; looked at every"
              + " second");

  static final Key<String> SECKILL_PAGE =
      Key.of(
          SECKILL + ".page",
          ValueType.of("text", AppKeys::page),
          "pages/seckill/index",
          "page of flash-sale reminders, without query");

  static final Key<String> SECKILL_TEMPLATE_ID =
      Key.optional(SECKILL + ".template-id", Types.TEXT, "template for callers that name none");

  static final Key<String> SECKILL_GOODS_KEYWORD =
      Key.of(
          SECKILL + ".goods-keyword",
          KEYWORD,
          "thing1",
          "keyword for the goods name. The three keywords must differ");

  static final Key<String> SECKILL_TIME_KEYWORD =
      Key.of(SECKILL + ".time-keyword", KEYWORD, "time2", "keyword for the time");

  static final Key<String> SECKILL_NOTE_KEYWORD =
      Key.of(SECKILL + ".note-keyword", KEYWORD, "thing3", "keyword for the fixed text");

  static final Key<String> SECKILL_NOTE =
      Key.of(SECKILL + ".note", Types.TEXT, "秒杀活动即将开始,支持一键发布到商店", "the fixed text");

  static final Section SECTION =
      new Section(
          "Apps",
          List.of(
              APP_ID,
              APP_SECRET,
              APP_SECRET_FILE,
              DEFAULT,
              BASE_URL,
              TOKEN_SOURCE,
              TOKEN_URL,
              TOKEN_BEARER,
              TOKEN_BEARER_FILE,
              TOKEN_REDIS_KEY,
              TOKEN_REDIS_URL,
              TOKEN_REDIS_PASSWORD_FILE,
              TOKEN_CLOUDBASE_FILE,
              SECKILL_PAGE,
              SECKILL_TEMPLATE_ID,
              SECKILL_GOODS_KEYWORD,
              SECKILL_TIME_KEYWORD,
              SECKILL_NOTE_KEYWORD,
              SECKILL_NOTE));

  private AppKeys() {}

  private static String appId(String text) throws WrongValueException {
    String appId = text.strip();
    if (!appId.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new WrongValueException("is not an AppID");
    }
    if (appId.matches("[0-9a-fA-F]{32}")) { // The log and the metrics name AppIDs.
      throw new WrongValueException("is not an AppID; it looks like an AppSecret");
    }
    return appId;
  }

  private static Path path(String text) throws WrongValueException {
    try {
      return SmallFile.path(text.strip());
    } catch (UnusableFileException e) {
      throw new WrongValueException(String.valueOf(e.getMessage()));
    }
  }

  private static String page(String text) throws WrongValueException {
    if (text.isBlank() || text.contains("?")) {
      throw new WrongValueException("expected: a page without query");
    }
    return text;
  }

  private static String keyword(String text) throws WrongValueException {
    if (!text.matches("[a-z_]+[0-9]+")) {
      throw new WrongValueException("expected: a keyword of a template, such as thing1");
    }
    return text;
  }
}
