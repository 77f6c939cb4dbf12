package dev.wxnotify.server.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/**
 * A credential that WeChat issued for one app.
 *
 * @param value the secret itself: it is sent in requests to WeChat and nowhere else
 * @param receivedAt when WeChat answered with it; a stable token is issued many times, so this is
 *     not when it was created
 * @param expiresAt when WeChat stops accepting it
 * @param appId the app that it is for; empty where only one is known
 * @param source where it came from, which decides how it is presented in a request
 */
public record AccessToken(
    String value, Instant receivedAt, Instant expiresAt, String appId, TokenSource source)
    implements TokenResult {

  /** Rejects an empty value, unless none is needed, and a lifetime that is not positive. */
  public AccessToken {
    if (value.isEmpty() != (source == TokenSource.NONE)) {
      throw new IllegalArgumentException("value is " + (value.isEmpty() ? "empty" : "not empty"));
    }
    if (!expiresAt.isAfter(receivedAt)) {
      throw new IllegalArgumentException(
          "expiresAt: " + expiresAt + " (expected: after " + receivedAt + ")");
    }
  }

  /** Returns what stands for a token where none is needed. It never ends. */
  static AccessToken notNeeded(String appId, Instant now) {
    return new AccessToken("", now, Instant.MAX, appId, TokenSource.NONE);
  }

  /** Returns the remaining lifetime of the token when it was received. */
  public Duration life() {
    return Duration.between(receivedAt, expiresAt);
  }

  /** Tells whether {@code other} is the same credential, however often it was issued. */
  public boolean isSameAs(AccessToken other) {
    return value.equals(other.value);
  }

  /**
   * Tells whether this token was created later than {@code other}. WeChat gives all tokens of an
   * app the same lifetime, so the one that expires later was created later; the time of receipt
   * does not matter.
   */
  public boolean isNewerThan(AccessToken other) {
    return expiresAt.isAfter(other.expiresAt);
  }

  /** Returns a short name of the token that is safe to log: the start of its SHA-256. */
  public String fingerprint() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** Each message looks up what was prepared for its token. */
  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /** Never contains the value. */
  @Override
  public String toString() {
    return "AccessToken[" + fingerprint() + ", until " + expiresAt + "]";
  }
}
