package dev.wxnotify.server.message;

/** The language of the message's frame; WeChat: {@code lang}. */
public enum Language {
  /** Simplified Chinese, WeChat's default. */
  ZH_CN("zh_CN"),
  /** English. */
  EN_US("en_US"),
  /** Traditional Chinese of Hong Kong. */
  ZH_HK("zh_HK"),
  /** Traditional Chinese of Taiwan. */
  ZH_TW("zh_TW");

  private final String wireName;

  Language(String wireName) {
    this.wireName = wireName;
  }

  /** Returns WeChat's name for it. */
  public String wireName() {
    return wireName;
  }
}
