package dev.wxnotify.server.message;

/** The version of the Mini Program that a tap opens; WeChat: {@code miniprogram_state}. */
public enum MiniProgramState {
  /** The development version. */
  DEVELOPER("developer"),
  /** The trial version. */
  TRIAL("trial"),
  /** The released version, WeChat's default. */
  FORMAL("formal");

  private final String wireName;

  MiniProgramState(String wireName) {
    this.wireName = wireName;
  }

  /** Returns WeChat's name for it. */
  public String wireName() {
    return wireName;
  }
}
