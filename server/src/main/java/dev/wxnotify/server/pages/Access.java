package dev.wxnotify.server.pages;

import dev.wxnotify.server.pages.ConsolePages.LoginProblem;
import dev.wxnotify.server.pages.ConsolePages.Refusal;
import dev.wxnotify.web.PageRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may see the console: who has the operator's right over gRPC.
 *
 * <pre>
 *   calls need credentials?
 *     no  ─▶ the request comes from this machine, and no proxy passed it on? yes ─▶ let in
 *                                                                           no  ─▶ 403
 *     yes ─▶ Authorization: Bearer, else the cookie of a session
 *              ─▶ of a caller with the right ─▶ let in, to see the caller's apps
 *              ─▶ anything else ─▶ the login form
 * </pre>
 *
 * <p>A proxy on this machine makes everybody look local, so that what it adds to requests, if only
 * HTTP/1.0, closes the open console.
 */
final class Access {
  static final String COOKIE = "wxnotify_console";

  private static final String SCHEME = "Bearer ";

  /** What proxies add to requests. */
  private static final List<String> OF_PROXIES =
      List.of(
          "forwarded",
          "via",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-proto",
          "x-forwarded-port",
          "x-forwarded-server",
          "x-real-ip",
          "x-client-ip",
          "true-client-ip",
          "cf-connecting-ip",
          "x-envoy-external-address",
          "x-original-forwarded-for");

  private final Operators operators;
  private final Sessions sessions;
  private final WrongTokens wrong;

  /** What comes of a request. */
  sealed interface Decision {}

  /** The console is shown. */
  record LetIn(Visit visit) implements Decision {}

  /** Somebody has to log in. */
  record LogIn(@Nullable LoginProblem problem) implements Decision {}

  /** Nobody can see the console from there. */
  record Refused(Refusal why) implements Decision {}

  /** What comes of a login. */
  record Login(@Nullable String session, @Nullable LoginProblem problem) {}

  private record Shown(Operators.@Nullable Token token, @Nullable LoginProblem problem) {}

  Access(Operators operators, LongSupplier nanoClock) {
    this.operators = operators;
    this.sessions = new Sessions(nanoClock);
    this.wrong = new WrongTokens(nanoClock);
  }

  /** Tells whether anybody can log in. */
  boolean asksForTokens() {
    return operators.areRequired();
  }

  Decision decide(PageRequest request) {
    if (!operators.areRequired()) {
      return fromThisMachine(request);
    }
    String authorization = request.header("authorization");
    if (authorization != null) {
      return byHeader(authorization, request.peer());
    }
    String session = request.cookie(COOKIE);
    if (session == null) {
      return new LogIn(null);
    }
    Visit visit = sessions.find(session);
    return visit == null ? new LogIn(LoginProblem.SESSION_ENDED) : new LetIn(visit);
  }

  private static Decision fromThisMachine(PageRequest request) {
    if (!request.peer().isLoopbackAddress()) {
      return new Refused(Refusal.NOT_LOCAL);
    }
    return OF_PROXIES.stream().anyMatch(header -> request.header(header) != null)
        ? new Refused(Refusal.FORWARDED)
        : new LetIn(Visit.onThisMachine());
  }

  private Decision byHeader(String authorization, InetAddress peer) {
    boolean isBearer = authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    Shown shown = show(isBearer ? authorization.substring(SCHEME.length()).strip() : "", peer);
    Operators.Token token = shown.token;
    Viewer viewer = token == null ? null : Visit.viewer(token);
    return token == null || viewer == null
        ? new LogIn(shown.problem)
        : new LetIn(new Visit(viewer, () -> Visit.viewer(token)));
  }

  /** Begins a session for who shows a token. */
  Login login(String token, InetAddress peer) {
    Shown shown = show(token, peer);
    Operators.Token found = shown.token;
    Viewer viewer = found == null ? null : Visit.viewer(found);
    return found == null || viewer == null
        ? new Login(null, shown.problem)
        : new Login(sessions.begin(found, viewer.name()), null);
  }

  private Shown show(String token, InetAddress peer) {
    if (!wrong.mayTry(peer)) {
      return new Shown(null, LoginProblem.TOO_OFTEN);
    }
    Operators.Token found = operators.find(token);
    Operators.Holder holder = found == null ? null : found.holder();
    if (holder == null) {
      wrong.wrong(peer);
      return new Shown(null, LoginProblem.WRONG_TOKEN);
    }
    if (!holder.isOperator()) {
      wrong.withoutRight(holder.name(), peer);
      return new Shown(null, LoginProblem.NO_OPERATOR);
    }
    return new Shown(found, LoginProblem.WRONG_TOKEN);
  }

  /** Ends the session of a request, if it has one. */
  void logout(PageRequest request) {
    String session = request.cookie(COOKIE);
    if (session != null) {
      sessions.end(session);
    }
  }

  /** Returns the cookie of a session; an empty id takes it away. */
  static String cookie(PageRequest request, String session) {
    String proto = request.header("x-forwarded-proto");
    boolean isHttps = proto != null && proto.strip().toLowerCase(Locale.ROOT).startsWith("https");
    return COOKIE
        + "="
        + session
        + "; Path=/; HttpOnly; SameSite=Strict"
        + (session.isEmpty() ? "; Max-Age=0" : "")
        + (isHttps ? "; Secure" : "");
  }
}
