package dev.wxnotify.server.push;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** WeChat's signature: the SHA-1 of the parts in the order of their bytes, in lower case. */
final class Signature {
  private Signature() {}

  /**
   * Tells whether {@code claimed} is the signature of the parts with one of the tokens. All tokens
   * are tried, and each comparison takes the same time, so that time tells nothing of them.
   */
  static boolean matches(String claimed, List<String> tokens, String... parts) {
    byte[] bytes = claimed.getBytes(StandardCharsets.UTF_8);
    boolean matches = false;
    for (String token : tokens) {
      matches |= MessageDigest.isEqual(bytes, of(token, parts).getBytes(StandardCharsets.US_ASCII));
    }
    return matches;
  }

  static String of(String token, String... parts) {
    MessageDigest sha1 = sha1();
    Stream.concat(Stream.of(token), Stream.of(parts))
        .map(part -> part.getBytes(StandardCharsets.UTF_8))
        .sorted(Arrays::compareUnsigned)
        .forEach(sha1::update);
    return HexFormat.of().formatHex(sha1.digest());
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
