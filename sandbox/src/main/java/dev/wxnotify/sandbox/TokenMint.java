package dev.wxnotify.sandbox;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * Generates tokens that look like WeChat's: a counter, an underscore, then base64url; 136
 * characters.
 */
final class TokenMint {

  static final int LENGTH = 136;

  /** The value of WeChat's own counter at the end of 2025. */
  private static final String COUNTER = "98_";

  private static final int RANDOM_BYTES = 100;

  private final SecureRandom random = new SecureRandom();

  String next() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    String text = COUNTER + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    return text.substring(0, LENGTH);
  }
}
