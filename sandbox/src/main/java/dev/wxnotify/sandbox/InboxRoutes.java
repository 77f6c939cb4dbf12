package dev.wxnotify.sandbox;

import dev.wxnotify.web.Assets;
import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import dev.wxnotify.web.PreferencesForm;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pages of the inbox, by their paths. They show and change what the control calls do, through
 * the same classes.
 */
final class InboxRoutes implements SandboxPages {

  private static final String ROOT = "/inbox";
  private static final String MESSAGES = ROOT + "/messages";

  /**
   * Answers one kind of request.
   *
   * @see Route
   */
  private interface Handler {
    PageAnswer answer(PageRequest request, String name);
  }

  /**
   * One page or form.
   *
   * @param path its first group, if it has one, is what the page is about
   */
  private record Route(String method, Pattern path, Handler handler) {}

  private final InboxFrame frame;
  private final PreferencesForm preferences = new PreferencesForm();
  private final List<Route> routes = new ArrayList<>();

  InboxRoutes(FakeWeChat weChat, SandboxOptions options, ServerAddress target) {
    this.frame = new InboxFrame(weChat.clock(), weChat.log());
    MessagesPage messages = new MessagesPage(weChat, frame, options, target);
    on("GET", MESSAGES, (request, name) -> messages.show(request));
    MessagePage message = new MessagePage(weChat, frame, options, target);
    on("GET", MESSAGES + "/([0-9]{1,18})", message::show);
    on("POST", MESSAGES + "/([0-9]{1,18})/receipt", message::receipt);
    UsersPage users = new UsersPage(weChat, frame);
    on("GET", ROOT + "/users", (request, name) -> users.show(request));
    on("POST", ROOT + "/users/answer", (request, name) -> users.answer(request));
    PushesPage pushes = new PushesPage(weChat, frame);
    on("GET", ROOT + "/pushes", (request, name) -> pushes.show(request));
    on("POST", ROOT + "/pushes", (request, name) -> pushes.push(request));
    on("POST", ROOT + "/push-urls", (request, name) -> pushes.changeUrl(request));
    on("GET", ROOT + "/pushes/([0-9]{1,18})", pushes::showOne);
    on("POST", ROOT + "/pushes/([0-9]{1,18})/resend", pushes::resend);
    FaultsPage faults = new FaultsPage(weChat, frame);
    on("GET", ROOT + "/faults", (request, name) -> faults.show(request));
    on("POST", ROOT + "/faults", (request, name) -> faults.add(request));
    on("POST", ROOT + "/faults/off", (request, name) -> faults.remove(request));
    on("POST", ROOT + "/push-faults/off", (request, name) -> faults.removeOfPushes(request));
    on("POST", ROOT + "/faults/clear", (request, name) -> faults.clear());
    on("POST", ROOT + "/push-faults", (request, name) -> faults.addOfPushes(request));
    on("POST", ROOT + "/push-faults/clear", (request, name) -> faults.clearOfPushes());
    TokensPage tokens = new TokensPage(weChat, frame, options);
    on("GET", ROOT + "/tokens", (request, name) -> tokens.show(request));
    on("POST", ROOT + "/tokens/revoke", (request, name) -> tokens.revoke(request));
    StatePage state = new StatePage(weChat, frame);
    on("GET", ROOT + "/state", (request, name) -> state.show(request));
    on("POST", ROOT + "/reset", (request, name) -> state.reset(request));
  }

  @Override
  public PageAnswer answer(PageRequest request) {
    if (request.path().startsWith(Assets.PATH)) {
      return frame.assets().answer(request).orElseThrow();
    }
    if (request.path().equals(PreferencesForm.PATH)) {
      return preferences.answer(request);
    }
    return route(atMessages(request));
  }

  private PageAnswer route(PageRequest request) {
    String method = request.method().equals("HEAD") ? "GET" : request.method();
    TreeSet<String> others = new TreeSet<>();
    for (Route route : routes) {
      Matcher path = route.path().matcher(request.path());
      if (path.matches()) {
        if (route.method().equals(method)) {
          return route.handler().answer(request, path.groupCount() == 0 ? "" : path.group(1));
        }
        others.add(route.method());
      }
    }
    return others.isEmpty()
        ? frame.gone(request, "error.not-found", "error.not-found-hint")
        : frame.wrongMethod(request, String.join(", ", others));
  }

  private void on(String method, String path, Handler handler) {
    routes.add(new Route(method, Pattern.compile(path), handler));
  }

  /** The messages are the first page. */
  private static PageRequest atMessages(PageRequest request) {
    String path = request.path();
    return path.equals("/") || path.equals(ROOT) || path.equals(ROOT + "/")
        ? new PageRequest(
            request.method(),
            MESSAGES,
            request.query(),
            request.headers(),
            request.body(),
            request.peer())
        : request;
  }
}
