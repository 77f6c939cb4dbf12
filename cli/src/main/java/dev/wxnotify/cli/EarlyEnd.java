package dev.wxnotify.cli;

/**
 * What ended a batch before every row was finished.
 *
 * @param isUnusable whether the input is wrong and nothing was sent, so that there is nothing to
 *     resume
 */
record EarlyEnd(String reason, boolean isUnusable) {
  static EarlyEnd of(String reason) {
    return new EarlyEnd(reason, false);
  }

  static EarlyEnd unusable(String reason) {
    return new EarlyEnd(reason, true);
  }
}
