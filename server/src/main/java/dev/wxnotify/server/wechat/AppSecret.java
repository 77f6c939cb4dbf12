package dev.wxnotify.server.wechat;

/**
 * The AppSecret of one app. Redaction is by type: no text made of this object holds the secret.
 *
 * @param value the secret, for requests to WeChat only
 */
public record AppSecret(String value) {
  /** Refuses an empty secret. */
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
