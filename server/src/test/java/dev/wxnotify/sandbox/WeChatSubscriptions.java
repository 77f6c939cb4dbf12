package dev.wxnotify.sandbox;

/** The sandbox's own memory of subscriptions, for tests that ask it without a message. */
public final class WeChatSubscriptions {
  private final SubscriptionLedger ledger = new SubscriptionLedger(true);

  /** Sets what a user has agreed to. */
  public void put(Subscription subscription) {
    ledger.put(subscription);
  }

  /** Tells whether WeChat would take a message now. */
  public boolean wouldTake(String appId, String openId, String templateId) {
    try {
      ledger.check(appId, openId, templateId);
      return true;
    } catch (Refused refused) {
      return false;
    }
  }

  /** Takes a message; returns whether WeChat took it. */
  public boolean take(String appId, String openId, String templateId) {
    try {
      ledger.check(appId, openId, templateId);
      ledger.take(appId, openId, templateId);
      return true;
    } catch (Refused refused) {
      return false;
    }
  }
}
