package dev.wxnotify.sandbox;

/** How a push protects its text, as the console of WeChat lets one choose. */
public enum PushMode {
  /** 明文: the text as it is. The signature does not cover it. */
  PLAIN,
  /** 兼容: the text as it is, and encrypted beside it. */
  COMPATIBLE,
  /** 安全: the text encrypted, under a signature that covers it. */
  SAFE;

  boolean encrypts() {
    return this != PLAIN;
  }
}
