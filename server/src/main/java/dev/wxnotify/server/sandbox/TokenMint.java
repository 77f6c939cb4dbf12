package dev.wxnotify.server.sandbox;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * Makes tokens that look like WeChat's: a counter, an underscore, then base64url; 136 characters.
 */
final class TokenMint {

  static final int LENGTH = 136;

  /** What WeChat's own counter had reached at the end of 2025. */
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
