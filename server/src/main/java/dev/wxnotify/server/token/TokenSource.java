package dev.wxnotify.server.token;

/** Where the access token of an app comes from. */
public enum TokenSource {
  /** This fleet asks WeChat for it. */
  WECHAT,
  /** An HTTP endpoint of the company answers with it. */
  URL,
  /** Another system keeps it in Redis. */
  REDIS,
  /** WeChat's cloud hosting writes it into a file. */
  CLOUDBASE,
  /** The app needs none: WeChat's cloud hosting knows who calls. */
  NONE;

  /** Tells whether another system obtains and renews it, so that this server only reads it. */
  public boolean isForeign() {
    return switch (this) {
      case URL, REDIS, CLOUDBASE -> true;
      case WECHAT, NONE -> false;
    };
  }
}
