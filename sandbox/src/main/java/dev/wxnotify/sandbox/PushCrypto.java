package dev.wxnotify.sandbox;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The signatures and the encryption of WeChat's pushes: SHA-1 over the sorted parts, and AES-256 in
 * CBC mode over {@code random(16) + length(4) + text + AppID}, padded to a multiple of 32 bytes.
 */
final class PushCrypto {

  /** The bytes before the text that make equal texts look different. */
  static final int RANDOM_BYTES = 16;

  private static final int BLOCK = 32;
  private static final int IV_BYTES = 16;
  private static final HexFormat HEX = HexFormat.of();

  private PushCrypto() {}

  /** The SHA-1, in lower-case hex, of the parts sorted by their bytes. */
  static String signature(String... parts) {
    String[] sorted = parts.clone();
    // All parts are ASCII, so that the order of their characters is that of their bytes.
    Arrays.sort(sorted);
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      for (String part : sorted) {
        sha1.update(part.getBytes(StandardCharsets.UTF_8));
      }
      return HEX.formatHex(sha1.digest());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  /** What is encrypted: the text behind its length, and the AppID. */
  static byte[] frame(byte[] random, int length, byte[] text, String appId) {
    byte[] app = appId.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(random.length + Integer.BYTES + text.length + app.length)
        .put(random)
        .putInt(length)
        .put(text)
        .put(app)
        .array();
  }

  /** How many bytes pad a frame of this size: 1 to 32. */
  static int padding(int size) {
    return BLOCK - size % BLOCK;
  }

  /** The base64 of the encrypted frame. */
  static String encrypt(String aesKey, byte[] frame) {
    // 43 characters have two bits too many, which this decoder ignores, as WeChat does.
    byte[] key = Base64.getDecoder().decode(aesKey + "=");
    byte[] padded = Arrays.copyOf(frame, frame.length + padding(frame.length));
    Arrays.fill(padded, frame.length, padded.length, (byte) padding(frame.length));
    try {
      Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(key, "AES"),
          new IvParameterSpec(key, 0, IV_BYTES));
      return Base64.getEncoder().encodeToString(cipher.doFinal(padded));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES", e);
    }
  }
}
