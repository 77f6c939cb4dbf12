package dev.wxnotify.server.wechat;

/**
 * The AppSecret of one app. It is redacted by its type: no text made from this object contains the
 * secret.
 *
 * @param value the secret, for requests to WeChat only
 */
public record AppSecret(String value) {
  /** Rejects an empty secret. */
  public AppSecret {
    if (value.isBlank()) {
      throw new IllegalArgumentException("the AppSecret is empty");
    }
  }

  @Override
  public String toString() {
    return "[REDACTED]";
  }
}
