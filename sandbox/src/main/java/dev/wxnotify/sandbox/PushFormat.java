package dev.wxnotify.sandbox;

/** The format of a push, as the console of WeChat lets one choose. */
public enum PushFormat {
  /** XML, WeChat's default. */
  XML,
  /** JSON. */
  JSON
}
