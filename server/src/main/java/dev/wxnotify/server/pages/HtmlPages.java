package dev.wxnotify.server.pages;

import dev.wxnotify.server.journal.JournalUnavailableException;
import dev.wxnotify.server.pages.Explanations.Explanation;
import dev.wxnotify.web.Page;
import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import dev.wxnotify.web.PreferencesForm;
import dev.wxnotify.web.ServerSentEvent;
import dev.wxnotify.web.Texts;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The console's pages as HTML. */
final class HtmlPages implements ConsolePages {
  /** The most events that a page shows. */
  static final int MOST_EVENTS = 100;

  /** Events of a kind that the page does not show move only the place at which it resumes. */
  private static final String OTHER = "other";

  private static final int NOT_FOUND = 404;
  private static final int FAULT = 500;
  private static final int UNAVAILABLE = 503;
  private static final Logger log = LoggerFactory.getLogger(HtmlPages.class);

  private final Explanations explanations = new Explanations();
  private final PreferencesForm preferences = new PreferencesForm();
  private final Frame frame;

  /** Creates the pages; nothing is read before one of them is asked for. */
  HtmlPages(Clock clock) {
    this.frame = new Frame(clock);
  }

  /** Returns the texts, for tests. */
  Texts texts() {
    return frame.texts();
  }

  @Override
  public @Nullable PageAnswer open(PageRequest request) {
    return request.path().equals(PreferencesForm.PATH)
        ? preferences.answer(request)
        : frame.assets().answer(request).orElse(null);
  }

  @Override
  public PageAnswer page(PageRequest request, ConsoleData data) {
    try {
      return answer(request, data);
    } catch (JournalUnavailableException e) {
      Page page = frame.page(request, "journal.away");
      return frame.problem(page, UNAVAILABLE, page.text("journal.away.text"));
    } catch (RuntimeException e) {
      log.error("the page {} could not be made", request.path(), e);
      Page page = frame.page(request, "error.500");
      return frame.problem(page, FAULT, page.text("error.500.text"));
    }
  }

  private PageAnswer answer(PageRequest request, ConsoleData data) {
    return switch (request.path()) {
      case Links.OVERVIEW -> overview(request, data);
      case Links.FAILURES -> failures(request, data);
      case Links.LOOKUP -> lookup(request, data);
      case Links.EVENTS -> events(request, data);
      case Links.STREAM -> stream(request, data);
      case Links.CONFIGURATION -> configuration(request, data);
      case Links.REFERENCE -> errors(request, data);
      case Links.HISTORY ->
          PageAnswer.json(200, HistoryJson.write(data.history(parameter(request, "app"))));
      default -> {
        String path = request.path();
        Optional<AppState> app =
            path.startsWith(Links.APPS)
                ? data.app(path.substring(Links.APPS.length()))
                : Optional.empty();
        yield app.isPresent() ? app(request, data, app.get()) : notFound(request);
      }
    };
  }

  private static String parameter(PageRequest request, String name) {
    String value = request.parameter(name);
    return value == null ? "" : value.strip();
  }

  private PageAnswer notFound(PageRequest request) {
    Page page = frame.page(request, "error.404");
    String text =
        request.path().startsWith(Links.APPS)
            ? page.text("app.unknown", request.path().substring(Links.APPS.length()))
            : page.text("error.404.text");
    return frame.problem(page, NOT_FOUND, text);
  }

  private PageAnswer overview(PageRequest request, ConsoleData data) {
    View view = frame.view(request, data, "overview.title");
    String appId = parameter(request, "app");
    return frame.whole(
        view,
        data,
        "overview",
        Map.of(
            "server", data.server(),
            "apps", data.apps(),
            "failures", FailureRow.of(data, "", explanations, view.texts()),
            "history", data.history(appId),
            "appId", appId));
  }

  private PageAnswer failures(PageRequest request, ConsoleData data) {
    View view = frame.view(request, data, "failures.title");
    String appId = parameter(request, "app");
    return frame.whole(
        view,
        data,
        "failures",
        Map.of(
            "apps", data.apps(),
            "rows", FailureRow.of(data, appId, explanations, view.texts()),
            "appId", appId));
  }

  private PageAnswer app(PageRequest request, ConsoleData data, AppState app) {
    View view = frame.view(request, data, "app.title", app.name());
    return frame.whole(
        view,
        data,
        "app",
        Map.of(
            "app", app,
            "server", data.server(),
            "failures", FailureRow.of(data, app.appId(), explanations, view.texts()),
            "history", data.history(app.appId())));
  }

  private PageAnswer lookup(PageRequest request, ConsoleData data) {
    View view = frame.view(request, data, "lookup.title");
    LookupView.Kind kind = LookupView.Kind.of(parameter(request, "kind"));
    String asked = request.query().getOrDefault("q", "");
    LookupView.Query query =
        new LookupView.Query(
            kind == LookupView.Kind.ANY
                ? asked.strip()
                : asked, // A request id may end with blanks.
            kind,
            parameter(request, "app"),
            parameter(request, "after"));
    String mistake = mistake(view, query, data);
    LookupView found =
        mistake.isEmpty() ? new Lookup(data).find(query) : new LookupView(query, null, null, "");
    PageAnswer.Whole answer =
        frame.whole(
            view,
            data,
            "lookup",
            Map.of(
                "found", found,
                "mistake", mistake,
                "apps", data.apps(),
                "steps", steps(view.texts(), found.message(), data),
                "server", data.server()));
    return found.trouble().isEmpty() ? answer : answer.status(UNAVAILABLE);
  }

  /** Returns what is wrong with a query; empty if nothing is. */
  private static String mistake(View view, LookupView.Query query, ConsoleData data) {
    if (query.id().length() > Lookup.LONGEST) {
      return view.text("lookup.tooLong", Lookup.LONGEST);
    }
    return query.appId().isEmpty() || data.app(query.appId()).isPresent()
        ? ""
        : view.text("lookup.badApp");
  }

  private List<TimelineStep> steps(
      PageTexts words, @Nullable MessageView message, ConsoleData data) {
    if (message == null) {
      return List.of();
    }
    var record = message.entry().message();
    Explanation explanation =
        record.reason().isEmpty()
            ? null
            : explanations.of(words, record.reason(), record.error(), data::explanation);
    return new Timeline(words)
        .of(message.entry(), explanation, message.receipts(), message.answers());
  }

  private PageAnswer events(PageRequest request, ConsoleData data) {
    View view = frame.view(request, data, "events.title");
    EventKind kind = EventKind.of(parameter(request, "kind"));
    String appId = parameter(request, "app");
    String trouble = "";
    EventList recent = new EventList(List.of(), "");
    try {
      recent = data.recentEvents(appId, MOST_EVENTS);
    } catch (JournalUnavailableException e) {
      trouble = String.valueOf(e.getMessage());
    }
    List<EventState> newestFirst =
        new ArrayList<>(
            recent.events().stream().filter(each -> kind.has(each.stored().event())).toList());
    Collections.reverse(newestFirst);
    return frame.whole(
        view,
        data,
        "events",
        Map.of(
            "apps", data.apps(),
            "appId", appId,
            "kind", kind,
            "events", newestFirst,
            "cursor", recent.cursor(),
            "trouble", trouble));
  }

  private PageAnswer stream(PageRequest request, ConsoleData data) {
    View view = frame.view(request, data, "events.title");
    EventKind kind = EventKind.of(parameter(request, "kind"));
    TemplateTitles titles = new TemplateTitles(data.apps());
    String last = request.header("last-event-id");
    String cursor = last == null || last.isEmpty() ? parameter(request, "after") : last;
    return PageAnswer.events(
        data.events(
            parameter(request, "app"),
            cursor,
            event ->
                kind.has(event.stored().event())
                    ? new ServerSentEvent(event.cursor(), "row", row(view, event, titles))
                    : new ServerSentEvent(event.cursor(), OTHER, "")));
  }

  private String row(View view, EventState event, TemplateTitles titles) {
    var what = event.stored().event();
    return new String(
        frame.part(
            "eventrow",
            Map.of(
                "view", view,
                "stored", event.stored(),
                "cursor", event.cursor(),
                "title", titles.of(what.appId(), what.templateId()))),
        StandardCharsets.UTF_8);
  }

  private PageAnswer configuration(PageRequest request, ConsoleData data) {
    View view = frame.view(request, data, "configuration.title");
    ConfigurationState configuration = data.configuration();
    boolean onlySet = !parameter(request, "set").isEmpty();
    return frame.whole(
        view,
        data,
        "configuration",
        Map.of(
            "configuration",
            configuration,
            "found",
            FoundSettings.of(configuration, parameter(request, "q"), onlySet)));
  }

  private PageAnswer errors(PageRequest request, ConsoleData data) {
    View view = frame.view(request, data, "reference.title");
    return frame.whole(
        view,
        data,
        "errors",
        Map.of(
            "reasons", explanations.reasons(view.texts()),
            "errcodes", explanations.errcodes(view.texts(), data::explanation)));
  }

  @Override
  public PageAnswer.Whole login(PageRequest request, String next, @Nullable LoginProblem problem) {
    Page page = frame.page(request, "login.title");
    String why =
        problem == null
            ? ""
            : page.text("login.problem." + problem.name().toLowerCase(Locale.ROOT));
    return frame.bare(page, "login", Map.of("page", page, "next", next, "problem", why));
  }

  @Override
  public PageAnswer.Whole refused(PageRequest request, Refusal why) {
    Page page = frame.page(request, "refused.title");
    return frame.problem(page, 403, page.text("refused." + why));
  }
}
