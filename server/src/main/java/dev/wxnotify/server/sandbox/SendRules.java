package dev.wxnotify.server.sandbox;

import java.util.Set;

/**
 * What a send must keep to, where WeChat leaves it open or a test wants it otherwise.
 *
 * @param strictSubscriptions true if only users in the ledger are subscribed; false for an open
 *     door
 * @param failuresTakeCredit true if a send that fails on its page or its values costs a credit
 * @param unknownKeysRefused true to refuse keys in the data that the template does not have
 * @param perSecond sends of an app in a second, 0 for no limit; more get {@code overloadErrcode}
 * @param overloadErrcode -1 or 45011, or any other
 * @param blacklist words that must not be in a value
 */
public record SendRules(
    boolean strictSubscriptions,
    boolean failuresTakeCredit,
    boolean unknownKeysRefused,
    int perSecond,
    int overloadErrcode,
    Set<String> blacklist) {

  /** The open door. */
  public static final SendRules DEFAULT =
      new SendRules(false, false, false, 0, ErrorTexts.MINUTE_QUOTA, Set.of("blacklisted"));

  /** Refuses negative limits. */
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
