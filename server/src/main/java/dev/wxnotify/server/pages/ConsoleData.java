package dev.wxnotify.server.pages;

import dev.wxnotify.server.delivery.ErrcodeExplanations;
import dev.wxnotify.server.journal.JournalEntry;
import dev.wxnotify.server.journal.JournalUnavailableException;
import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.server.journal.Subscription;
import dev.wxnotify.web.EventSource;
import dev.wxnotify.web.ServerSentEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one viewer may see: everything below is of the viewer's apps only. It only reads, and holds
 * no secret, no token, no hash of one and no content of a message.
 *
 * <p>The look-ups in the journal wait for it, for a few seconds at most, and throw {@link
 * JournalUnavailableException} with a text for people where it cannot be read. So this is used on
 * the threads of the pages only.
 */
interface ConsoleData {
  /** Returns who looks. */
  Viewer viewer();

  /** Returns the state of the process and of what it uses. */
  ServerState server();

  /** Returns all apps, by AppID. */
  List<AppState> apps();

  /** Returns one app; empty where there is none that the viewer may see. */
  Optional<AppState> app(String appId);

  /** Returns the failures of the last hour, the most frequent first. */
  List<FailureState> failures();

  /**
   * Returns the rates of the last hour.
   *
   * @param appId the app; empty for the sum of the viewer's apps
   */
  HistoryState history(String appId);

  /**
   * Returns the message with this id of WeChat.
   *
   * @param appId the app; empty for all of the viewer's apps
   */
  Optional<JournalEntry> messageById(String appId, String messageId);

  /**
   * Returns the newest message with this id of its caller.
   *
   * @param appId the app; empty for all of the viewer's apps
   */
  Optional<JournalEntry> messageByRequestId(String appId, String requestId);

  /** Returns a page of messages, newest first. */
  MessageList messages(MessageSearch search);

  /** Returns what is known of a user, by template; empty too for an app that is not known. */
  List<Subscription> subscriptions(String appId, String openId);

  /**
   * Returns what a user answered, latest first; empty too for an app that is not known.
   *
   * @param limit the most events
   */
  List<StoredEvent> answers(String appId, String openId, int limit);

  /** Returns what WeChat reported of one message, in the order of arrival. */
  List<StoredEvent> receipts(String appId, String messageId);

  /**
   * Returns the newest events, oldest first.
   *
   * @param appId the app; empty for all that the viewer may see
   * @param most the most events; more than 200 events back none are looked for
   */
  EventList recentEvents(String appId, int most);

  /**
   * Returns the events that come, as server-sent events. It ends when the viewer's right ends.
   *
   * @param appId the app; empty for all that the viewer may see
   * @param cursor after which event to begin: the browser's {@code Last-Event-ID}, else an {@link
   *     EventList#cursor}. One that is no cursor, or no longer one, or empty, begins with what
   *     comes next
   * @param render makes what is sent of an event, with {@link EventState#cursor} as its id
   */
  EventSource events(String appId, String cursor, Function<EventState, ServerSentEvent> render);

  /** Returns what an errcode of WeChat means; null where the server does not know it. */
  ErrcodeExplanations.@Nullable Entry explanation(int errcode);

  /** Returns the configuration that is used, without secrets. */
  ConfigurationState configuration();
}
