package dev.wxnotify.server.push;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The key of WeChat's console that encrypts pushes (WeChat: EncodingAESKey): 43 characters of
 * Base64 that stand for 32 bytes. They carry two bits more than that, which are not zero in most
 * keys; the JDK's decoder ignores them, and others refuse such a key.
 */
public final class EncodingAesKey {
  /** What the console demands. */
  public static final String FORM = "43 characters of A-Z a-z 0-9";

  private static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9]{43}");
  private static final int IV_SIZE = 16;

  private final byte[] bytes;

  /** Takes a key that {@link #isValid}. */
  public EncodingAesKey(String text) {
    if (!isValid(text)) {
      throw new IllegalArgumentException("expected: " + FORM);
    }
    this.bytes = Base64.getDecoder().decode(text + "=");
  }

  /** Tells whether a text is a key. */
  public static boolean isValid(String text) {
    return PATTERN.matcher(text).matches();
  }

  SecretKeySpec key() {
    return new SecretKeySpec(bytes, "AES");
  }

  IvParameterSpec iv() {
    return new IvParameterSpec(bytes, 0, IV_SIZE);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EncodingAesKey key && MessageDigest.isEqual(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Never contains the key. */
  @Override
  public String toString() {
    return "EncodingAesKey";
  }
}
