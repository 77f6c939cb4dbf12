package dev.wxnotify.server.pages;

/**
 * The reasons as callers and {@code docs/errors.md} know them. The core, and the journal, tell a
 * few more apart.
 */
final class ReasonNames {
  private ReasonNames() {}

  /** Returns the reason of the contract for a reason of the core; others stay as they are. */
  static String ofContract(String coreName) {
    return switch (coreName) {
      case "RECIPIENT_BUSY" -> "WECHAT_BUSY";
      case "CANCELLED" -> "CALL_CANCELLED";
      case "DEADLINE", "NO_ANSWER" -> "OUTCOME_UNKNOWN";
      default -> coreName;
    };
  }
}
