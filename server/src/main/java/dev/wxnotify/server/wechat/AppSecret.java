package dev.wxnotify.server.wechat;

import java.nio.charset.StandardCharsets;

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

  /** Returns the secret that a file holds, without the white space around it. */
  public static AppSecret ofFile(byte[] content) {
    return new AppSecret(new String(content, StandardCharsets.UTF_8).strip());
  }

  @Override
  public String toString() {
    return "[REDACTED]";
  }
}
