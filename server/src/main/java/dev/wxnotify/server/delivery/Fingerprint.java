package dev.wxnotify.server.delivery;

import dev.wxnotify.server.message.SubscribeMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * A short text that is the same for equal messages and different for different ones: 128 bits of
 * SHA-256.
 */
final class Fingerprint {
  private static final int BYTES = 16;

  private Fingerprint() {}

  static String of(String appId, SubscribeMessage message) {
    MessageDigest digest = sha256();
    add(digest, appId);
    add(digest, message.openId());
    add(digest, message.templateId());
    add(digest, message.page());
    add(digest, message.state().wireName());
    add(digest, message.language().wireName());
    // The map in the contract has no order.
    for (Map.Entry<String, String> entry : new TreeMap<>(message.data()).entrySet()) {
      add(digest, entry.getKey());
      add(digest, entry.getValue());
    }
    return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
  }

  /** Adds the length before the text, so that no two lists of texts produce the same bytes. */
  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
