package dev.wxnotify.web;

import java.util.Locale;

/** The languages of the pages. */
public enum Language {
  EN("en", "English", Locale.ENGLISH),
  ZH_CN("zh-CN", "中文", Locale.SIMPLIFIED_CHINESE);

  private final String tag;
  private final String ownName;
  private final Locale locale;

  Language(String tag, String ownName, Locale locale) {
    this.tag = tag;
    this.ownName = ownName;
    this.locale = locale;
  }

  /** As in {@code lang="zh-CN"}. */
  public String tag() {
    return tag;
  }

  /** What the language calls itself, in short. */
  public String ownName() {
    return ownName;
  }

  /** For numbers and dates. */
  public Locale locale() {
    return locale;
  }
}
