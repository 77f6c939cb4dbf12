package dev.wxnotify.server.pages;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.ErrcodeExplanations;
import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.Readiness;
import dev.wxnotify.server.delivery.RecentFailures;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.journal.JournalEntry;
import dev.wxnotify.server.journal.MessageQuery;
import dev.wxnotify.server.journal.Scope;
import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.server.journal.Subscription;
import dev.wxnotify.server.template.FetchedTemplates;
import dev.wxnotify.server.template.TemplateSource;
import dev.wxnotify.web.EventSource;
import dev.wxnotify.web.ServerSentEvent;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What one visitor may see of the running server. */
final class LiveData implements ConsoleData {
  private final Visit visit;
  private final Viewer viewer;
  private final ConsoleSources sources;
  private final JournalLooks journal;
  private final Executor threads;
  private final ScheduledExecutorService timer;

  /**
   * Creates it.
   *
   * @param threads run what streams do
   * @param timer runs what is due later
   */
  LiveData(Visit visit, ConsoleSources sources, Executor threads, ScheduledExecutorService timer) {
    this.visit = visit;
    this.viewer = visit.viewer();
    this.sources = sources;
    this.journal = new JournalLooks(sources.feed());
    this.threads = threads;
    this.timer = timer;
  }

  @Override
  public Viewer viewer() {
    return viewer;
  }

  @Override
  public ServerState server() {
    Readiness.Report report = sources.readiness().report();
    return new ServerState(
        sources.version(),
        sources.startedAt(),
        sources.clock().instant(),
        new Readiness.Report(
            report.status(), report.reasons().stream().filter(this::isForViewer).toList()),
        sources.parts().redis().get().orElse(null),
        sources.parts().journal().get(),
        sources.permits().entrySet().stream()
            .map(
                each ->
                    new ServerState.PermitsState(
                        each.getKey(),
                        each.getValue().used(),
                        each.getValue().limit(),
                        each.getValue().waiting(Lane.SINGLE),
                        each.getValue().waiting(Lane.BATCH)))
            .sorted(Comparator.comparing(ServerState.PermitsState::name))
            .toList(),
        sources.parts().pushAddress().get());
  }

  /** Tells whether a text names no app that the viewer may not see. */
  private boolean isForViewer(String reason) {
    return sources.apps().all().stream()
        .map(App::appId)
        .noneMatch(appId -> !viewer.maySee(appId) && reason.contains(appId));
  }

  @Override
  public List<AppState> apps() {
    return sources.apps().all().stream()
        .filter(app -> viewer.maySee(app.appId()))
        .map(this::state)
        .sorted(Comparator.comparing(AppState::appId))
        .toList();
  }

  @Override
  public Optional<AppState> app(String appId) {
    return find(appId).map(this::state);
  }

  private Optional<App> find(String appId) {
    return appId.isEmpty() || !viewer.maySee(appId)
        ? Optional.empty()
        : Optional.ofNullable(sources.apps().find(appId));
  }

  private AppState state(App app) {
    FetchedTemplates templates = app.templates().current();
    TemplateSource.Failure failure = app.templates().trouble();
    App byDefault = sources.apps().find("");
    return new AppState(
        app.appId(),
        sources.parts().appNames().get().getOrDefault(app.appId(), app.appId()),
        byDefault != null && byDefault.appId().equals(app.appId()),
        sources.readiness().canSend(app),
        troubles(app),
        app.tokens().status(),
        sources.callsPerHour(),
        app.pace().perSecond(),
        app.pace().waiting(),
        app.quota().why(),
        templates == null ? null : templates.fetchedAt(),
        failure == null ? "" : failure.explanation(),
        templates == null ? List.of() : templates.all(),
        app.seckill().templateId(),
        sources.parts().pushes().apply(app.appId()).orElse(null));
  }

  private List<String> troubles(App app) {
    String begin = "app " + app.appId() + ": ";
    return sources.readiness().report().reasons().stream()
        .filter(reason -> reason.startsWith(begin))
        .map(reason -> reason.substring(begin.length()))
        .toList();
  }

  @Override
  public List<FailureState> failures() {
    return sources.failures().counts().stream()
        .filter(count -> viewer.maySee(count.appId()))
        .sorted(Comparator.comparingLong(RecentFailures.Count::count).reversed())
        .map(this::state)
        .toList();
  }

  private FailureState state(RecentFailures.Count count) {
    WeChatError error = count.error();
    ErrcodeExplanations.Entry entry = error == null ? null : explanation(error.errcode());
    return new FailureState(
        count.appId(),
        count.last(),
        count.last().reasonName(),
        error,
        count.count(),
        count.lastAt(),
        entry == null ? "" : entry.meaning(),
        entry == null ? "" : entry.action());
  }

  @Override
  public HistoryState history(String appId) {
    Set<String> summed =
        sources.apps().all().stream()
            .map(App::appId)
            .filter(id -> viewer.maySee(id) && (appId.isEmpty() || appId.equals(id)))
            .collect(Collectors.toSet());
    return sources.history().of(summed);
  }

  @Override
  public Optional<JournalEntry> messageById(String appId, String messageId) {
    return journal.await(sources.messages().findByMessageId(scope(appId), messageId));
  }

  @Override
  public Optional<JournalEntry> messageByRequestId(String appId, String requestId) {
    return journal.await(sources.messages().findByRequestId(scope(appId), requestId));
  }

  @Override
  public MessageList messages(MessageSearch search) {
    if (search.limit() < 1 || search.limit() > MessageSearch.MOST) {
      throw new IllegalArgumentException(
          "limit: " + search.limit() + " (expected: 1 to " + MessageSearch.MOST + ")");
    }
    MessageQuery query =
        new MessageQuery(
            scope(search.appId()),
            search.openId(),
            search.templateId(),
            search.requestIdPrefix(),
            search.outcome(),
            null,
            search.delivered(),
            search.from(),
            search.to(),
            search.after(),
            search.limit() + 1);
    List<JournalEntry> found = journal.await(sources.messages().list(query));
    if (found.size() <= search.limit()) {
      return new MessageList(found, null);
    }
    List<JournalEntry> page = found.subList(0, search.limit());
    JournalEntry last = page.get(page.size() - 1);
    return new MessageList(page, new MessageQuery.Place(last.message().beganAt(), last.sequence()));
  }

  /** Returns the messages of one app or of all, as far as the viewer may see them. */
  private Scope scope(String appId) {
    if (appId.isEmpty()) {
      return new Scope(viewer.appIds(), null);
    }
    return new Scope(viewer.maySee(appId) ? Set.of(appId) : Set.of(), null);
  }

  @Override
  public List<Subscription> subscriptions(String appId, String openId) {
    return find(appId).isEmpty()
        ? List.of()
        : journal.await(sources.subscriptions().find(appId, openId, List.of()));
  }

  @Override
  public List<StoredEvent> answers(String appId, String openId, int limit) {
    return find(appId).isEmpty()
        ? List.of()
        : journal.await(sources.events().answers(appId, openId, limit));
  }

  @Override
  public List<StoredEvent> receipts(String appId, String messageId) {
    return viewer.maySee(appId)
        ? journal.await(sources.events().receipts(appId, messageId))
        : List.of();
  }

  @Override
  public EventList recentEvents(String appId, int most) {
    return journal.recentEvents(
        most,
        event ->
            viewer.maySee(event.event().appId())
                && (appId.isEmpty() || appId.equals(event.event().appId())));
  }

  @Override
  public EventSource events(
      String appId, String cursor, Function<EventState, ServerSentEvent> render) {
    return new EventWatch(
        sources.feed(),
        cursor,
        () -> {
          Viewer now = visit.now().get();
          return now == null || !(appId.isEmpty() || now.maySee(appId))
              ? null
              : stored -> {
                String of = stored.event().appId();
                return now.maySee(of) && (appId.isEmpty() || appId.equals(of));
              };
        },
        render,
        threads,
        timer);
  }

  @Override
  public ErrcodeExplanations.@Nullable Entry explanation(int errcode) {
    return sources.errcodes().find(errcode);
  }

  @Override
  public ConfigurationState configuration() {
    Map<String, String> names = sources.parts().appNames().get();
    return sources
        .parts()
        .configuration()
        .get()
        .forViewer(
            viewer,
            names.entrySet().stream()
                .filter(each -> viewer.maySee(each.getKey()))
                .map(Map.Entry::getValue)
                .collect(Collectors.toSet()));
  }
}
