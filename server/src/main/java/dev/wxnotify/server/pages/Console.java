package dev.wxnotify.server.pages;

import dev.wxnotify.server.pages.ConsolePages.LoginProblem;
import dev.wxnotify.web.HostCheck;
import dev.wxnotify.web.OriginCheck;
import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageAnswer.Whole;
import dev.wxnotify.web.PageRequest;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers requests for the console: first what is refused, then who may see it, then the page. */
final class Console {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final String LOGIN = "/login";
  private static final String LOGOUT = "/logout";

  private final HostCheck hosts;
  private final OriginCheck origins = new OriginCheck();
  private final Access access;
  private final ConsolePages pages;
  private final Function<Visit, ConsoleData> data;

  /**
   * Creates it.
   *
   * @param data returns what a visitor may see
   */
  Console(HostCheck hosts, Access access, ConsolePages pages, Function<Visit, ConsoleData> data) {
    this.hosts = hosts;
    this.access = access;
    this.pages = pages;
    this.data = data;
  }

  PageAnswer answer(PageRequest request) {
    Optional<Whole> refusal = hosts.refusal(request).or(() -> origins.refusal(request));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    PageAnswer open = pages.open(request);
    if (open != null) {
      return open;
    }
    boolean isPost = request.method().equals("POST");
    return switch (request.path()) {
      case LOGIN -> isPost ? login(request) : page(request);
      case LOGOUT -> isPost ? logout(request) : notAllowed("POST");
      default -> isPost ? notAllowed("GET, HEAD") : page(request);
    };
  }

  private PageAnswer page(PageRequest request) {
    Access.Decision decision = access.decide(request);
    if (decision instanceof Access.LetIn && request.path().equals(LOGIN)) {
      return PageAnswer.seeOther(path(request.parameter("next")));
    }
    if (decision instanceof Access.LetIn in) {
      return pages.page(request, data.apply(in.visit()));
    }
    if (decision instanceof Access.Refused refused) {
      return pages.refused(request, refused.why()).status(403);
    }
    boolean isForm = request.path().equals(LOGIN);
    String next = isForm ? request.parameter("next") : request.target();
    return form(request, next, ((Access.LogIn) decision).problem());
  }

  private Whole login(PageRequest request) {
    Map<String, String> form = request.form();
    String next = path(form.get("next"));
    if (!access.asksForTokens()) {
      return PageAnswer.seeOther(next); // That page says what there is to say.
    }
    Access.Login login = access.login(form.getOrDefault("token", "").strip(), request.peer());
    String session = login.session();
    if (session == null) {
      return form(request, next, login.problem());
    }
    access.logout(request); // Of a session before this one.
    return PageAnswer.seeOther(next).with("Set-Cookie", Access.cookie(request, session));
  }

  private Whole logout(PageRequest request) {
    access.logout(request);
    return PageAnswer.seeOther("/").with("Set-Cookie", Access.cookie(request, ""));
  }

  private Whole form(PageRequest request, @Nullable String next, @Nullable LoginProblem problem) {
    Whole form = pages.login(request, path(next), problem);
    if (problem == LoginProblem.TOO_OFTEN) {
      return form.status(TOO_MANY_REQUESTS)
          .with("Retry-After", Long.toString(WrongTokens.EVERY.toSeconds()));
    }
    return problem == LoginProblem.NO_OPERATOR
        ? form.status(403)
        : form.status(401).with("WWW-Authenticate", "Bearer realm=\"wxnotify\"");
  }

  /** Returns where to go after a login: a page of this server, and no other. */
  private static String path(@Nullable String next) {
    boolean isOfHere =
        next != null
            && next.startsWith("/")
            && !next.startsWith("//")
            && next.chars().allMatch(c -> c > ' ' && c < 127 && c != '\\')
            && !next.startsWith(LOGIN)
            && !next.startsWith(LOGOUT);
    return isOfHere ? String.valueOf(next) : "/";
  }

  private static Whole notAllowed(String allowed) {
    return PageAnswer.text(405, allowed + " only").with("Allow", allowed);
  }
}
