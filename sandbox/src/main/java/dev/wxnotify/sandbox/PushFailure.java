package dev.wxnotify.sandbox;

/**
 * What a receipt says of a message that was not delivered. WeChat publishes no list, so that the
 * default is an invention.
 *
 * @param errorCode WeChat's {@code ErrorCode}; digits, perhaps after a minus
 * @param errorStatus WeChat's {@code ErrorStatus}
 */
public record PushFailure(String errorCode, String errorStatus) {

  /** Invented; its text says so. */
  public static final PushFailure INVENTED =
      new PushFailure("-10001", "failed: invented by the sandbox");

  /** What a receipt says of a message that was delivered. */
  static final PushFailure NONE = new PushFailure("0", "success");

  private static final int LONGEST = 256;

  /** Rejects a code that is not a number. */
  public PushFailure {
    if (!errorCode.matches("-?[0-9]{1,18}")) {
      throw new IllegalArgumentException("error_code: " + errorCode + " (expected: a number)");
    }
    if (errorStatus.length() > LONGEST) {
      throw new IllegalArgumentException(
          "error_status (expected: at most " + LONGEST + " characters)");
    }
  }
}
