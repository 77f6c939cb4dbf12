package dev.wxnotify.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The exact bytes of a request body; equal if the bytes are. */
public final class RawBody {

  private final byte[] bytes;
  private final int hash;

  RawBody(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The bytes read as UTF-8; invalid bytes become U+FFFD. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  boolean isEmpty() {
    return bytes.length == 0;
  }

  byte[] shared() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RawBody that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return text();
  }
}
