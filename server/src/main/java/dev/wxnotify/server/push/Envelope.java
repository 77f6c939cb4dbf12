package dev.wxnotify.server.push;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.Cipher;

/**
 * What an encrypted push holds: AES-256-CBC over 16 random bytes, the length of the text in 4
 * bytes, the text and the AppID, padded to a multiple of 32 bytes as in PKCS #7. A library's PKCS
 * #7 is for blocks of 16 bytes and refuses more padding than that.
 *
 * @param text what was pushed
 * @param appId the app that it is for, as WeChat wrote it
 */
record Envelope(ByteBuffer text, String appId) {
  private static final int BLOCK = 16;
  private static final int MAX_PADDING = 32;
  private static final int RANDOM = 16;
  private static final int HEADER = RANDOM + Integer.BYTES;

  /** Decrypts; empty where the key is not that of the sender. */
  static Optional<Envelope> open(EncodingAesKey key, byte[] encrypted) {
    if (encrypted.length < MAX_PADDING || encrypted.length % BLOCK != 0) {
      return Optional.empty();
    }
    byte[] plain = decrypt(key, encrypted);
    int padding = plain[plain.length - 1];
    if (padding < 1 || padding > MAX_PADDING) {
      return Optional.empty();
    }
    int end = plain.length - padding;
    for (int i = end; i < plain.length; i++) {
      if (plain[i] != padding) {
        return Optional.empty();
      }
    }
    if (end < HEADER) {
      return Optional.empty();
    }
    int length = ByteBuffer.wrap(plain).getInt(RANDOM);
    if (length < 0 || length > end - HEADER) {
      return Optional.empty();
    }
    return Optional.of(
        new Envelope(
            ByteBuffer.wrap(plain, HEADER, length),
            new String(plain, HEADER + length, end - HEADER - length, StandardCharsets.UTF_8)));
  }

  private static byte[] decrypt(EncodingAesKey key, byte[] encrypted) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
      cipher.init(Cipher.DECRYPT_MODE, key.key(), key.iv());
      return cipher.doFinal(encrypted);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES, and whole blocks need no padding", e);
    }
  }

  /** Never contains what was pushed. */
  @Override
  public String toString() {
    return "Envelope[" + appId + "]";
  }
}
