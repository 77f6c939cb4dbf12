package dev.wxnotify.sandbox;

import java.time.Duration;
import java.time.Instant;

/** A token that was issued, and until when it is valid. */
final class IssuedToken {

  private final String value;
  private final String appId;
  private final Instant expiresAt;
  private volatile Instant validUntil;

  IssuedToken(String value, String appId, Instant expiresAt) {
    this.value = value;
    this.appId = appId;
    this.expiresAt = expiresAt;
    this.validUntil = expiresAt;
  }

  String value() {
    return value;
  }

  String appId() {
    return appId;
  }

  Duration remaining(Instant now) {
    return Duration.between(now, expiresAt);
  }

  Instant expiresAt() {
    return expiresAt;
  }

  boolean isValid(Instant now) {
    return now.isBefore(expiresAt) && now.isBefore(validUntil);
  }

  /** Shortens the lifetime, never extends it. */
  void endAt(Instant end) {
    if (end.isBefore(validUntil)) {
      validUntil = end;
    }
  }

  /** A token past its lifetime is expired, whatever else happened to it. */
  void check(Instant now) throws Refused {
    if (!now.isBefore(expiresAt)) {
      throw new Refused(ErrorTexts.TOKEN_EXPIRED);
    }
    if (!now.isBefore(validUntil)) {
      throw new Refused(ErrorTexts.INVALID_CREDENTIAL);
    }
  }

  /** Never contains the value. */
  @Override
  public String toString() {
    return "token of " + appId + " until " + validUntil;
  }
}
