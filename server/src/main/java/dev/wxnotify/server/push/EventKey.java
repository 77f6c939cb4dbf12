package dev.wxnotify.server.push;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * What makes a push the same event as another. WeChat pushes up to four times where it gets no
 * answer, and its own rule (user and time) is too coarse: two messages to one user in one second
 * have two receipts.
 */
final class EventKey {
  private EventKey() {}

  /**
   * Returns a key of bounded length: the kind and the app, which help people who look at a
   * database, and a hash of what tells events apart.
   */
  static String of(String kind, String appId, String... parts) {
    MessageDigest sha256 = sha256();
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      sha256.update(bytes);
    }
    return kind
        + ":"
        + appId
        + ":"
        + Base64.getUrlEncoder().withoutPadding().encodeToString(sha256.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
