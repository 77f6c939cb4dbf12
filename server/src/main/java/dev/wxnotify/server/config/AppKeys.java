package dev.wxnotify.server.config;

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
          "the AppSecret. Exactly one of this and `app-secret-file` is required");

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
