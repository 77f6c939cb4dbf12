package dev.wxnotify.server.delivery;

import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Writes at most one line for a message that was not accepted. An unsubscribed user is an everyday
 * case and is logged at DEBUG only; a repeat that is answered from the ledger is not logged.
 *
 * <p>A campaign may fail a million times for one reason. So after {@link #LINES} lines of an app
 * for one reason the others are only counted, and reported in one line at the end of the {@link
 * #WINDOW}. Each caller receives the outcome of each message in any case.
 *
 * <p>The fields are key-value pairs of the event and not of the thread, since a message ends on
 * another thread than it began on. They do not include the request id, since callers may derive it
 * from an open id.
 */
final class OutcomeLog implements DeliveryListener {
  /** The maximum number of lines of one app for one reason in a window. */
  static final int LINES = 20;

  /** The length of a window, which begins with its first line. */
  static final Duration WINDOW = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(OutcomeLog.class);
  private static final int SHOWN = 3;

  private final ScheduledExecutorService timer;

  /** The number of messages in each open window. */
  private final ConcurrentMap<Subject, Integer> windows = new ConcurrentHashMap<>();

  /** The key by which lines are counted; there are at most as many as apps times reasons. */
  private record Subject(String appId, String outcome, String reason) {}

  OutcomeLog(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  @Override
  public void messageEnded(Order order, Reply end, Reply told, int attempts) {
    if (end.replayed() || end.outcome() instanceof SendOutcome.Accepted) {
      return;
    }
    SendOutcome outcome = end.outcome();
    if (isDailyBusiness(outcome)) {
      if (log.isDebugEnabled()) {
        line(Level.DEBUG, order, outcome);
      }
    } else if (log.isInfoEnabled() && isWithinBounds(order, outcome)) {
      line(Level.INFO, order, outcome);
    }
  }

  private static boolean isDailyBusiness(SendOutcome outcome) {
    if (outcome instanceof SendOutcome.NotSent no) {
      return no.reason() == NotSent.Reason.USER_NOT_SUBSCRIBED;
    }
    return outcome instanceof SendOutcome.Rejected no
        && no.reason() == Rejected.Reason.USER_NOT_SUBSCRIBED;
  }

  private boolean isWithinBounds(Order order, SendOutcome outcome) {
    Subject subject = new Subject(order.app().appId(), outcome.outcomeName(), outcome.reasonName());
    int seen = windows.merge(subject, 1, Integer::sum);
    if (seen == 1) {
      try {
        var ignored =
            timer.schedule(() -> endWindow(subject), WINDOW.toNanos(), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        windows.remove(subject); // The server is stopping, and this is one of its last messages.
      }
    }
    return seen <= LINES;
  }

  private void endWindow(Subject subject) {
    Integer seen = windows.remove(subject);
    if (seen != null && seen > LINES) {
      log.atInfo()
          .addKeyValue("app", subject.appId)
          .addKeyValue("outcome", subject.outcome)
          .addKeyValue("reason", subject.reason)
          .addKeyValue("count", seen - LINES)
          .log("more messages of the same kind within {} s", WINDOW.toSeconds());
    }
  }

  private static void line(Level level, Order order, SendOutcome outcome) {
    String openId = order.message().openId();
    LoggingEventBuilder event =
        log.atLevel(level)
            .addKeyValue("app", order.app().appId())
            .addKeyValue("open_id", masked(openId))
            .addKeyValue("outcome", outcome.outcomeName())
            .addKeyValue("reason", outcome.reasonName());
    event = addIfKnown(event, "caller", order.caller());
    event = addIfKnown(event, "trace_id", order.trace().id());
    WeChatError error = outcome.saidByWeChat();
    if (error != null) {
      event = event.addKeyValue("errcode", error.errcode());
      // WeChat may repeat what it received.
      event = addIfKnown(event, "errmsg", error.errmsg().replace(openId, masked(openId)));
      event = addIfKnown(event, "rid", error.rid());
    }
    String explanation = explanation(outcome);
    event.log(explanation == null ? "message {}" : "message {}: {}", words(outcome), explanation);
  }

  private static LoggingEventBuilder addIfKnown(
      LoggingEventBuilder event, String key, String value) {
    return value.isEmpty() ? event : event.addKeyValue(key, value);
  }

  private static String words(SendOutcome outcome) {
    return outcome instanceof SendOutcome.NotSent ? "not sent" : outcome.outcomeName();
  }

  private static @Nullable String explanation(SendOutcome outcome) {
    if (outcome instanceof SendOutcome.NotSent no) {
      return no.explanation();
    }
    return outcome instanceof SendOutcome.Unknown unknown ? unknown.explanation() : null;
  }

  private static String masked(String openId) {
    return openId.length() <= 2 * SHOWN
        ? "***"
        : openId.substring(0, SHOWN) + "***" + openId.substring(openId.length() - SHOWN);
  }
}
