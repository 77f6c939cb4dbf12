package dev.wxnotify.server.grpc;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The hashes of all tokens. A token is compared with each of them, with every bit and without
 * branches, so that the time does not reveal which one it resembled, or whether it was found. This
 * costs some nanoseconds a hash, less than a bounded and safe cache would.
 */
final class TokenHashes {
  /** The index for a token that is not found. */
  static final int NONE = -1;

  private static final int LONGS = 4;

  private final long[] hashes;

  /**
   * Keeps hashes.
   *
   * @param hex each a SHA-256 in hexadecimal digits
   */
  TokenHashes(List<String> hex) {
    this.hashes = new long[LONGS * hex.size()];
    LongBuffer buffer = LongBuffer.wrap(hashes);
    for (String each : hex) {
      byte[] hash = HexFormat.of().parseHex(each);
      if (hash.length != LONGS * Long.BYTES) {
        throw new IllegalArgumentException("a hash of " + hash.length + " bytes (expected: 32)");
      }
      buffer.put(ByteBuffer.wrap(hash).asLongBuffer());
    }
  }

  /** Returns the index of the hash of {@code token}, or {@link #NONE}. */
  int find(String token) {
    return find(sha256(token));
  }

  /** Returns the index of a SHA-256, or {@link #NONE}. */
  int find(byte[] sha256) {
    LongBuffer hash = ByteBuffer.wrap(sha256).asLongBuffer();
    long h0 = hash.get(0);
    long h1 = hash.get(1);
    long h2 = hash.get(2);
    long h3 = hash.get(3);
    int found = NONE;
    for (int i = 0; i < hashes.length; i += LONGS) {
      long difference =
          (hashes[i] ^ h0) | (hashes[i + 1] ^ h1) | (hashes[i + 2] ^ h2) | (hashes[i + 3] ^ h3);
      int differs = (int) ((difference | -difference) >> (Long.SIZE - 1)); // -1, or 0 for the same.
      found = (found & differs) | (i / LONGS & ~differs);
    }
    return found;
  }

  static byte[] sha256(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
