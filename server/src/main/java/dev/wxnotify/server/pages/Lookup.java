package dev.wxnotify.server.pages;

import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.JournalEntry;
import dev.wxnotify.server.journal.JournalUnavailableException;
import dev.wxnotify.server.journal.MessageQuery;
import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.server.journal.Subscription;
import dev.wxnotify.server.pages.LookupView.Kind;
import dev.wxnotify.server.pages.LookupView.Query;
import dev.wxnotify.server.pages.UserView.SubscriptionRow;
import dev.wxnotify.server.template.Template;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Finds what an id belongs to. It waits for the journal, for a bounded time. */
final class Lookup {
  /** The longest id that is looked for; the contract allows half of it. */
  static final int LONGEST = 256;

  /** The most answers of a user that are shown. */
  static final int MOST_ANSWERS = 50;

  private static final int PAGE = 25;

  /** The most apps that are asked whether they know an open id: each costs a query. */
  private static final int MOST_APPS = 20;

  /** The most digits that an id of WeChat is looked for with; those of today have 20. */
  private static final int MOST_DIGITS = 64;

  private final ConsoleData data;

  Lookup(ConsoleData data) {
    this.data = data;
  }

  /** Finds it; where the journal is away, the view says so. */
  LookupView find(Query query) {
    if (query.id().isEmpty()) {
      return new LookupView(query, null, null, "");
    }
    try {
      return new LookupView(query, message(query), user(query), "");
    } catch (JournalUnavailableException e) {
      return new LookupView(query, null, null, String.valueOf(e.getMessage()));
    }
  }

  private @Nullable MessageView message(Query query) {
    Optional<JournalEntry> found = Optional.empty();
    boolean any = query.kind() == Kind.ANY;
    if (query.kind() == Kind.MESSAGE || (any && isNumber(query.id()))) {
      found = data.messageById(query.appId(), query.id());
    }
    if (found.isEmpty() && (any || query.kind() == Kind.REQUEST)) {
      found = data.messageByRequestId(query.appId(), query.id());
    }
    return found.map(this::view).orElse(null);
  }

  private static boolean isNumber(String id) {
    return id.length() <= MOST_DIGITS && id.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private MessageView view(JournalEntry entry) {
    String appId = entry.message().appId();
    String messageId = entry.message().messageId();
    List<StoredEvent> receipts = messageId.isEmpty() ? List.of() : data.receipts(appId, messageId);
    return new MessageView(
        entry,
        title(data.app(appId).orElse(null), entry.message().templateId()),
        receipts,
        data.answers(appId, entry.message().openId(), MOST_ANSWERS));
  }

  private @Nullable UserView user(Query query) {
    if (query.kind() != Kind.ANY && query.kind() != Kind.USER) {
      return null;
    }
    String openId = query.id();
    Optional<MessageQuery.Place> after = MessageList.place(query.after());
    MessageList messages = data.messages(search(query, after.orElse(null)));
    String known =
        messages.messages().isEmpty()
            ? query.appId()
            : messages.messages().get(0).message().appId();
    UserView view = null;
    if (known.isEmpty() && data.apps().size() > MOST_APPS) {
      view = new UserView(openId, "", messages, after.isEmpty(), List.of(), List.of(), true);
    } else {
      List<String> candidates =
          known.isEmpty() ? data.apps().stream().map(AppState::appId).toList() : List.of(known);
      for (String appId : candidates) {
        view = of(appId, openId, messages, after.isEmpty());
        if (!view.isUnknown()) {
          break;
        }
      }
    }
    boolean isShown = view != null && (query.kind() == Kind.USER || !view.isUnknown());
    return isShown ? view : null;
  }

  private static MessageSearch search(Query query, MessageQuery.@Nullable Place after) {
    return new MessageSearch(
        query.appId(), query.id(), "", "", null, null, null, null, after, PAGE);
  }

  private UserView of(String appId, String openId, MessageList messages, boolean isFirst) {
    AppState app = data.app(appId).orElse(null);
    List<StoredEvent> answers = data.answers(appId, openId, MOST_ANSWERS);
    List<SubscriptionRow> subscriptions =
        data.subscriptions(appId, openId).stream().map(known -> row(app, known, answers)).toList();
    return new UserView(openId, appId, messages, isFirst, subscriptions, answers, false);
  }

  private static SubscriptionRow row(
      @Nullable AppState app, Subscription known, List<StoredEvent> answers) {
    Template template = template(app, known.templateId());
    boolean isOneTime = template != null && template.kind() == Template.Kind.ONE_TIME;
    return new SubscriptionRow(
        known,
        template == null ? "" : template.title(),
        isOneTime ? known.credits() : OptionalInt.empty(),
        answers.stream()
            .map(StoredEvent::event)
            .filter(event -> event.templateId().equals(known.templateId()))
            .findFirst()
            .map(event -> ((Event.SubscriptionChange) event.detail()).source().name())
            .orElse(""));
  }

  private static @Nullable Template template(@Nullable AppState app, String templateId) {
    if (app != null) {
      for (Template each : app.templates()) {
        if (each.id().equals(templateId)) {
          return each;
        }
      }
    }
    return null;
  }

  static String title(@Nullable AppState app, String templateId) {
    Template template = template(app, templateId);
    return template == null ? "" : template.title();
  }
}
