package dev.wxnotify.browser;

/** A language that the pages have. */
enum Language {
  ENGLISH("en", "en-US,en"),
  CHINESE("zh-CN", "zh-CN,zh");

  /** As in the page's {@code lang}. */
  final String tag;

  /** What a browser says that it prefers. */
  final String accepted;

  Language(String tag, String accepted) {
    this.tag = tag;
    this.accepted = accepted;
  }
}
