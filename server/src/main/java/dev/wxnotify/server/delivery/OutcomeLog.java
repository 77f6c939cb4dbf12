package dev.wxnotify.server.delivery;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * At most one line for a message that was not accepted. A user who is not subscribed is daily
 * business and no news.
 */
final class OutcomeLog {
  private static final Logger log = LoggerFactory.getLogger(OutcomeLog.class);
  private static final int SHOWN = 3;

  private OutcomeLog() {}

  static void log(Order order, SendOutcome outcome, boolean replayed) {
    if (replayed || outcome instanceof SendOutcome.Accepted) {
      return;
    }
    if (outcome instanceof SendOutcome.Rejected no
        && no.reason() == Rejection.USER_NOT_SUBSCRIBED) {
      log.debug("app {}: {} is not subscribed", order.app().appId(), masked(order));
    } else if (log.isInfoEnabled()) {
      log.info("app {}: to {}: {}", order.app().appId(), masked(order), describe(outcome));
    }
  }

  private static String describe(SendOutcome outcome) {
    if (outcome instanceof SendOutcome.Rejected no) {
      return "rejected, " + no.reason() + describe(no.error());
    }
    if (outcome instanceof SendOutcome.NotSent no) {
      return "not sent, " + no.reason() + ": " + no.explanation() + describe(no.error());
    }
    if (outcome instanceof SendOutcome.Unknown unknown) {
      return "unknown, " + unknown.doubt() + ": " + unknown.explanation();
    }
    return "accepted";
  }

  private static String describe(@Nullable WeChatError error) {
    return error == null
        ? ""
        : " (WeChat " + error.errcode() + " " + error.errmsg() + " rid: " + error.rid() + ")";
  }

  private static String masked(Order order) {
    String openId = order.message().openId();
    return openId.length() <= 2 * SHOWN
        ? "***"
        : openId.substring(0, SHOWN) + "***" + openId.substring(openId.length() - SHOWN);
  }
}
