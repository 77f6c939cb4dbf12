package dev.wxnotify.server.journal;

import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.journal.Event.Answer;
import dev.wxnotify.server.journal.Event.DeliveryReport;
import dev.wxnotify.server.journal.Event.Source;
import dev.wxnotify.server.journal.Event.SubscriptionChange;
import dev.wxnotify.server.journal.MessageRecord.Outcome;
import dev.wxnotify.server.message.MessageKind;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Messages and events for tests; all of one app, user and template unless it says otherwise. */
public final class JournalSamples {
  public static final String APP = "wx0123456789abcdef";
  public static final String OPEN_ID = "oAbCdEfGhIjKlMnOpQrStUvWxYz0";
  public static final String TEMPLATE = "tmpl-0000000000000000000000000000000000000";
  public static final String CALLER = "shop";

  /** The second in which most things happen. */
  public static final Instant T0 = Instant.parse("2026-03-01T08:00:00Z");

  public static final Scope ALL = new Scope(null, null);

  public static final SubscriptionKey KEY = new SubscriptionKey(APP, OPEN_ID, TEMPLATE);

  private JournalSamples() {}

  /** A message that WeChat took, a second after it began. */
  public static MessageRecord accepted(String messageId, String requestId, Instant beganAt) {
    return new Changes().messageId(messageId).requestId(requestId).beganAt(beganAt).make();
  }

  /** A message that WeChat refused with 43101, a second after it began. */
  public static MessageRecord refused(String requestId, Instant beganAt) {
    return new Changes()
        .requestId(requestId)
        .beganAt(beganAt)
        .outcome(Outcome.REJECTED, Rejected.Reason.USER_NOT_SUBSCRIBED.name())
        .error(new WeChatError(43101, "user refuse to accept the msg", "6a-b-c"))
        .make();
  }

  /** The receipt of a message that was delivered. */
  public static NewEvent receipt(String messageId, Instant receivedAt) {
    return receipt(messageId, true, receivedAt);
  }

  /** The receipt of a message. */
  public static NewEvent receipt(String messageId, boolean delivered, Instant receivedAt) {
    return new NewEvent(
        "delivery:" + APP + ":" + messageId,
        event(
            new DeliveryReport(
                delivered,
                messageId,
                delivered ? "0" : "20003",
                delivered ? "success" : "failed:system failed"),
            T0.plusSeconds(1),
            receivedAt));
  }

  /** An answer of the user in a dialog. */
  public static NewEvent answer(String key, Answer answer, Instant at) {
    return answer(key, answer, Source.POPUP, at);
  }

  /** An answer of the user; it arrives when it is given. */
  public static NewEvent answer(String key, Answer answer, Source source, Instant at) {
    return new NewEvent(
        key,
        event(
            new SubscriptionChange(
                answer,
                switch (answer) {
                  case ACCEPTED -> "accept";
                  case REJECTED -> "reject";
                  case OTHER -> "ban";
                },
                source,
                source == Source.POPUP ? "1" : ""),
            at,
            at));
  }

  private static Event event(Event.Detail detail, Instant occurredAt, Instant receivedAt) {
    return new Event(APP, OPEN_ID, TEMPLATE, occurredAt, receivedAt, detail);
  }

  /** A query without filters. */
  public static MessageQuery all(int limit) {
    return new Query().make(limit);
  }

  /** What differs from a message that WeChat took. */
  public static final class Changes {
    private String appId = APP;
    private String messageId = "";
    private String requestId = "";
    private String caller = CALLER;
    private String openId = OPEN_ID;
    private String templateId = TEMPLATE;
    private MessageKind kind = MessageKind.SUBSCRIBE;
    private Outcome outcome = Outcome.ACCEPTED;
    private String reason = "";
    private @Nullable WeChatError error;
    private Instant beganAt = T0;
    private @Nullable Instant endedAt;
    private int attempts = 1;

    public Changes appId(String value) {
      appId = value;
      return this;
    }

    public Changes messageId(String value) {
      messageId = value;
      return this;
    }

    public Changes requestId(String value) {
      requestId = value;
      return this;
    }

    public Changes caller(String value) {
      caller = value;
      return this;
    }

    public Changes openId(String value) {
      openId = value;
      return this;
    }

    public Changes templateId(String value) {
      templateId = value;
      return this;
    }

    public Changes kind(MessageKind value) {
      kind = value;
      return this;
    }

    public Changes outcome(Outcome value, String why) {
      outcome = value;
      reason = why;
      return this;
    }

    public Changes error(WeChatError value) {
      error = value;
      return this;
    }

    public Changes beganAt(Instant value) {
      beganAt = value;
      return this;
    }

    public Changes endedAt(Instant value) {
      endedAt = value;
      return this;
    }

    public Changes attempts(int value) {
      attempts = value;
      return this;
    }

    public MessageRecord make() {
      return new MessageRecord(
          appId,
          messageId,
          requestId,
          caller,
          openId,
          templateId,
          kind,
          outcome,
          reason,
          error,
          beganAt,
          endedAt == null ? beganAt.plusSeconds(1) : endedAt,
          attempts);
    }
  }

  /** What a query filters by. */
  public static final class Query {
    private Scope scope = ALL;
    private String openId = "";
    private String templateId = "";
    private String prefix = "";
    private @Nullable Outcome outcome;
    private @Nullable Set<String> reasons;
    private @Nullable Boolean delivered;
    private @Nullable Instant from;
    private @Nullable Instant to;
    private MessageQuery.@Nullable Place after;

    public Query scope(Scope value) {
      scope = value;
      return this;
    }

    public Query openId(String value) {
      openId = value;
      return this;
    }

    public Query templateId(String value) {
      templateId = value;
      return this;
    }

    public Query prefix(String value) {
      prefix = value;
      return this;
    }

    public Query outcome(Outcome value) {
      outcome = value;
      return this;
    }

    public Query reasons(String... values) {
      reasons = Set.of(values);
      return this;
    }

    public Query delivered(boolean value) {
      delivered = value;
      return this;
    }

    public Query from(Instant value) {
      from = value;
      return this;
    }

    public Query to(Instant value) {
      to = value;
      return this;
    }

    public Query after(JournalEntry last) {
      after = new MessageQuery.Place(last.message().beganAt(), last.sequence());
      return this;
    }

    public MessageQuery make(int limit) {
      return new MessageQuery(
          scope, openId, templateId, prefix, outcome, reasons, delivered, from, to, after, limit);
    }
  }
}
