package dev.wxnotify.server.journal;

import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.journal.Event.DeliveryReport;
import dev.wxnotify.server.journal.Event.SubscriptionChange;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes texts that any database takes: no NUL, no half of a surrogate pair (both become U+FFFD),
 * none longer than {@link #LONGEST}. What is looked up passes here too, so that it is found. Times
 * are whole milliseconds, as all stores keep them.
 */
final class SafeTexts {
  /** The most characters of an errmsg. WeChat's are shorter, other than a fault's. */
  static final int LONGEST_ERRMSG = 512;

  /** The most characters of any other text; the contract and the push allow fewer. */
  static final int LONGEST = 1_024;

  private static final char REPLACEMENT = '\ufffd';

  private SafeTexts() {}

  static String of(String text) {
    return of(text, LONGEST);
  }

  private static String of(String text, int longest) {
    StringBuilder safe = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isPair(text, i)) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        safe = safe == null ? new StringBuilder(text) : safe;
        safe.setCharAt(i, REPLACEMENT);
      }
    }
    return cut(safe == null ? text : safe.toString(), longest);
  }

  private static boolean isPair(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        && i + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(i + 1));
  }

  private static String cut(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    boolean isInPair = Character.isHighSurrogate(text.charAt(longest - 1));
    return text.substring(0, isInPair ? longest - 1 : longest);
  }

  static Instant of(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS);
  }

  static MessageRecord of(MessageRecord message) {
    return new MessageRecord(
        of(message.appId()),
        of(message.messageId()),
        of(message.requestId()),
        of(message.caller()),
        of(message.openId()),
        of(message.templateId()),
        message.kind(),
        message.outcome(),
        message.reason(),
        of(message.error()),
        of(message.beganAt()),
        of(message.endedAt()),
        message.attempts());
  }

  private static @Nullable WeChatError of(@Nullable WeChatError error) {
    return error == null
        ? null
        : new WeChatError(error.errcode(), of(error.errmsg(), LONGEST_ERRMSG), of(error.rid()));
  }

  static NewEvent of(NewEvent event) {
    return new NewEvent(of(event.key()), of(event.event()));
  }

  private static Event of(Event event) {
    return new Event(
        of(event.appId()),
        of(event.openId()),
        of(event.templateId()),
        of(event.occurredAt()),
        of(event.receivedAt()),
        of(event.detail()));
  }

  private static Event.Detail of(Event.Detail detail) {
    if (detail instanceof DeliveryReport report) {
      return new DeliveryReport(
          report.delivered(),
          of(report.messageId()),
          of(report.errorCode()),
          of(report.errorStatus(), LONGEST_ERRMSG));
    }
    SubscriptionChange change = (SubscriptionChange) detail;
    return new SubscriptionChange(
        change.answer(), of(change.rawAnswer()), change.source(), of(change.popupScene()));
  }

  static MessageQuery of(MessageQuery query) {
    return new MessageQuery(
        of(query.scope()),
        of(query.openId()),
        of(query.templateId()),
        of(query.requestIdPrefix()),
        query.outcome(),
        query.reasons(),
        query.delivered(),
        query.from(),
        query.to(),
        query.after(),
        query.limit());
  }

  static Scope of(Scope scope) {
    return scope.caller() == null ? scope : new Scope(scope.appIds(), of(scope.caller()));
  }
}
