package dev.wxnotify.server.delivery;

/** Knows which sends WeChat would refuse since the user has no subscription. */
public interface SubscriptionCheck {
  /** Knows nothing, and so withholds nothing. */
  SubscriptionCheck NONE = (appId, openId, templateId) -> false;

  /**
   * Tells whether WeChat is known to refuse a message with 43101. Takes at most a microsecond and
   * never blocks.
   */
  boolean isKnownToBeClosed(String appId, String openId, String templateId);
}
