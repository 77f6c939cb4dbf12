package dev.wxnotify.server.pages;

import dev.wxnotify.server.delivery.Readiness;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.JournalEntry;
import dev.wxnotify.server.journal.MessageRecord;
import dev.wxnotify.server.journal.SubscriptionTimes;
import dev.wxnotify.server.template.Template;
import dev.wxnotify.server.token.Freshness;
import dev.wxnotify.server.token.TokenSource;
import dev.wxnotify.server.token.TokenStatus;
import dev.wxnotify.web.Tone;
import java.util.Locale;

/** The states of things as badges, in a viewer's language. */
final class Badges {
  private final PageTexts texts;

  Badges(PageTexts texts) {
    this.texts = texts;
  }

  private Badge badge(Tone tone, String key) {
    return new Badge(tone, texts.get(key));
  }

  Badge readiness(Readiness.Status status) {
    Tone tone =
        switch (status) {
          case READY -> Tone.OK;
          case DEGRADED -> Tone.WARN;
          case NOT_READY -> Tone.BAD;
        };
    return badge(tone, "ready." + status);
  }

  /** An app without a quota sends one message a minute, which nobody would call "can send". */
  Badge canSend(AppState app) {
    if (!app.canSend()) {
      return badge(Tone.BAD, "app.canSend.no");
    }
    return app.quotaError() == null
        ? badge(Tone.OK, "app.canSend.yes")
        : badge(Tone.WARN, "app.canSend.quota");
  }

  Badge token(TokenStatus token) {
    Freshness freshness = token.freshness();
    if (freshness == null) {
      return token.source() == TokenSource.NONE
          ? badge(Tone.NEUTRAL, "token.NOT_NEEDED")
          : badge(Tone.BAD, "token.NONE");
    }
    return switch (freshness) {
      case FRESH -> badge(Tone.OK, "token.FRESH");
      case STALE -> badge(Tone.WARN, "token.STALE");
      case EXPIRED -> badge(Tone.BAD, "token.EXPIRED");
    };
  }

  String tokenSource(TokenStatus token) {
    boolean isShared = token.source() == TokenSource.WECHAT && token.isShared();
    return texts.get("token.source." + (isShared ? "SHARED" : token.source()));
  }

  /** A quota that WeChat has said to be used up stops the app. */
  Badge quota(AppState app) {
    return app.quotaError() == null
        ? badge(Tone.OK, "quota.open")
        : badge(Tone.WARN, "quota.stopped");
  }

  String pace(AppState app) {
    return app.pace().isPresent()
        ? texts.get("pace.perSecond", texts.number(app.pace().getAsDouble()))
        : texts.get("pace.unlimited");
  }

  Badge outcome(MessageRecord message) {
    Tone tone =
        switch (message.outcome()) {
          case ACCEPTED -> Tone.OK;
          case REJECTED -> isNormal(message.reason()) ? Tone.WARN : Tone.BAD;
          case NOT_SENT, UNKNOWN -> Tone.WARN;
        };
    return badge(tone, "outcome." + message.outcome());
  }

  Badge outcome(SendOutcome outcome) {
    boolean isFault = outcome instanceof Rejected no && !isNormal(no.reason().name());
    return badge(
        isFault ? Tone.BAD : Tone.WARN,
        "outcome." + outcome.outcomeName().toUpperCase(Locale.ROOT));
  }

  /** A user without a subscription is no fault of anybody. */
  private static boolean isNormal(String reason) {
    return reason.equals(Rejected.Reason.USER_NOT_SUBSCRIBED.name());
  }

  Badge delivery(JournalEntry entry) {
    JournalEntry.Receipt receipt = entry.receipt();
    if (receipt == null) {
      return badge(Tone.NEUTRAL, "message.delivery.NONE");
    }
    return receipt.report().delivered()
        ? badge(Tone.OK, "message.delivery.DELIVERED")
        : badge(Tone.BAD, "message.delivery.FAILED");
  }

  Badge event(Event event) {
    if (event.detail() instanceof Event.DeliveryReport report) {
      return report.delivered()
          ? badge(Tone.OK, "event.DELIVERED")
          : badge(Tone.BAD, "event.FAILED");
    }
    Event.SubscriptionChange change = (Event.SubscriptionChange) event.detail();
    return switch (change.answer()) {
      case ACCEPTED -> badge(Tone.OK, "event.ACCEPTED");
      case REJECTED -> badge(Tone.WARN, "event.REJECTED");
      case OTHER -> badge(Tone.NEUTRAL, "event.OTHER");
    };
  }

  Badge subscription(SubscriptionTimes.State state) {
    Tone tone =
        switch (state) {
          case ACCEPTED -> Tone.OK;
          case REJECTED, USED_UP -> Tone.WARN;
          case UNKNOWN -> Tone.NEUTRAL;
        };
    return badge(tone, "subscription.state." + state);
  }

  Badge template(Template.Kind kind) {
    return badge(Tone.NEUTRAL, "template.kind." + kind);
  }
}
