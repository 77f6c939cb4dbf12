package dev.wxnotify.server.pages;

import dev.wxnotify.server.delivery.ErrcodeExplanations;
import dev.wxnotify.server.journal.JournalEntry;
import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.server.journal.Subscription;
import dev.wxnotify.web.EventSource;
import dev.wxnotify.web.ServerSentEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A viewer who sees nothing. */
final class FakeData implements ConsoleData {
  private final Viewer viewer;

  FakeData(Viewer viewer) {
    this.viewer = viewer;
  }

  @Override
  public Viewer viewer() {
    return viewer;
  }

  @Override
  public ServerState server() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<AppState> apps() {
    return List.of();
  }

  @Override
  public Optional<AppState> app(String appId) {
    return Optional.empty();
  }

  @Override
  public List<FailureState> failures() {
    return List.of();
  }

  @Override
  public HistoryState history(String appId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<JournalEntry> messageById(String appId, String messageId) {
    return Optional.empty();
  }

  @Override
  public Optional<JournalEntry> messageByRequestId(String appId, String requestId) {
    return Optional.empty();
  }

  @Override
  public MessageList messages(MessageSearch search) {
    return new MessageList(List.of(), null);
  }

  @Override
  public List<Subscription> subscriptions(String appId, String openId) {
    return List.of();
  }

  @Override
  public List<StoredEvent> answers(String appId, String openId, int limit) {
    return List.of();
  }

  @Override
  public List<StoredEvent> receipts(String appId, String messageId) {
    return List.of();
  }

  @Override
  public EventList recentEvents(String appId, int most) {
    return new EventList(List.of(), "");
  }

  @Override
  public EventSource events(
      String appId, String cursor, Function<EventState, ServerSentEvent> render) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ErrcodeExplanations.@Nullable Entry explanation(int errcode) {
    return null;
  }

  @Override
  public ConfigurationState configuration() {
    return new ConfigurationState("", List.of(), List.of(), "");
  }
}
