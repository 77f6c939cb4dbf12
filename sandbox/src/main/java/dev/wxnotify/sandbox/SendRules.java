package dev.wxnotify.sandbox;

import java.util.Set;

/**
 * The rules for a send that WeChat leaves open or that a test may change.
 *
 * @param strictSubscriptions true if only users in the ledger are subscribed; false if all users
 *     are
 * @param failuresTakeCredit true if a send that fails on its page or its values costs a credit
 * @param unknownKeysRefused true to reject keys in the data that the template does not have
 * @param perSecond sends of an app in a second, 0 for no limit; more get {@code overloadErrcode}
 * @param overloadErrcode -1 or 45011, or any other
 * @param blacklist words that a value must not contain
 */
public record SendRules(
    boolean strictSubscriptions,
    boolean failuresTakeCredit,
    boolean unknownKeysRefused,
    int perSecond,
    int overloadErrcode,
    Set<String> blacklist) {

  /** All users are subscribed, and there are no limits. */
  public static final SendRules DEFAULT =
      new SendRules(false, false, false, 0, ErrorTexts.MINUTE_QUOTA, Set.of("blacklisted"));

  /** Rejects negative limits. */
  public SendRules {
    if (perSecond < 0) {
      throw new IllegalArgumentException("perSecond: " + perSecond + " (expected: >= 0)");
    }
    if (overloadErrcode == 0) {
      throw new IllegalArgumentException("overloadErrcode: 0 (expected: an error)");
    }
    blacklist = Set.copyOf(blacklist);
  }
}
