package dev.wxnotify.sandbox;

/**
 * What a user has agreed to for one template.
 *
 * @param kind how the user agreed
 * @param credits the messages left; 0 unless {@code kind} is {@link Kind#ONE_TIME}
 */
public record Subscription(String appId, String openId, String templateId, Kind kind, int credits) {

  /** How a user has agreed, or not. */
  public enum Kind {
    /** As many messages as there are credits. */
    ONE_TIME,
    /** Any number of messages. */
    LONG_TERM,
    /** No messages. */
    REJECTED
  }

  /** Rejects credits where they do not apply. */
  public Subscription {
    if (credits < 0 || (kind != Kind.ONE_TIME && credits != 0)) {
      throw new IllegalArgumentException(
          "credits: " + credits + " (expected: >= 0, and 0 unless one-time)");
    }
  }

  /** A user who has agreed {@code credits} times. */
  public static Subscription oneTime(String appId, String openId, String templateId, int credits) {
    return new Subscription(appId, openId, templateId, Kind.ONE_TIME, credits);
  }

  /** A user who has agreed permanently. */
  public static Subscription longTerm(String appId, String openId, String templateId) {
    return new Subscription(appId, openId, templateId, Kind.LONG_TERM, 0);
  }

  /** A user who has declined. */
  public static Subscription rejected(String appId, String openId, String templateId) {
    return new Subscription(appId, openId, templateId, Kind.REJECTED, 0);
  }

  Subscription minusOne() {
    return oneTime(appId, openId, templateId, credits - 1);
  }

  boolean allows() {
    return kind == Kind.LONG_TERM || credits > 0;
  }
}
