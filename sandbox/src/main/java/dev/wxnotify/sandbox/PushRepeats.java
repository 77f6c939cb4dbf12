package dev.wxnotify.sandbox;

import java.time.Duration;

/**
 * When a push is made again.
 *
 * @param answerTimeout how long the answer may take; WeChat: 5 s
 * @param retries how many attempts follow the first; WeChat: three
 * @param spacing the time from the start of an attempt to the next; unconfirmed at WeChat
 * @param onStatus whether an answer with another HTTP status than 200 is asked for again;
 *     unconfirmed at WeChat
 * @param onBody whether an answer that is neither {@code success} nor empty is asked for again;
 *     WeChat takes it for a passive reply
 * @param signedAnew whether a retry has a timestamp and a nonce of its own; unconfirmed at WeChat
 */
public record PushRepeats(
    Duration answerTimeout,
    int retries,
    Duration spacing,
    boolean onStatus,
    boolean onBody,
    boolean signedAnew) {

  /** What WeChat documents, and a choice where it is silent. */
  public static final PushRepeats WECHAT =
      new PushRepeats(Duration.ofSeconds(5), 3, Duration.ofSeconds(5), true, false, false);

  private static final int MOST_RETRIES = 100;

  /** Rejects what is out of range. */
  public PushRepeats {
    if (answerTimeout.isNegative() || answerTimeout.isZero() || spacing.isNegative()) {
      throw new IllegalArgumentException(
          "answerTimeout: "
              + answerTimeout
              + ", spacing: "
              + spacing
              + " (expected: above 0, and not negative)");
    }
    if (retries < 0 || retries > MOST_RETRIES) {
      throw new IllegalArgumentException(
          "retries: " + retries + " (expected: 0 to " + MOST_RETRIES + ")");
    }
  }

  /** The same with other times. */
  public PushRepeats times(Duration answerTimeout, Duration spacing) {
    return new PushRepeats(answerTimeout, retries, spacing, onStatus, onBody, signedAnew);
  }
}
