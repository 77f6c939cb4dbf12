package dev.wxnotify.server.pages;

import dev.wxnotify.server.pages.ConsolePages.LoginProblem;
import dev.wxnotify.server.pages.ConsolePages.Refusal;
import dev.wxnotify.web.PageRequest;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may see the console: who has the operator's right over gRPC.
 *
 * <pre>
 *   calls need credentials?
 *     no  ─▶ the request comes from this machine, and no proxy passed it on? yes ─▶ let in
 *                                                                           no  ─▶ 403
 *     yes ─▶ Authorization: Bearer, else the cookie of a session (a proxy that asks for a password
 *            passes on its own Authorization: Basic)
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

  /** What proxies add to requests, beside everything that begins with {@link #FORWARDED}. */
  private static final Set<String> OF_PROXIES =
      Set.of(
          "forwarded",
          "via",
          "x-real-ip",
          "x-client-ip",
          "x-cluster-client-ip",
          "true-client-ip",
          "fastly-client-ip",
          "fly-client-ip",
          "cf-connecting-ip",
          "cf-ray",
          "x-envoy-external-address",
          "x-original-forwarded-for");

  private static final String FORWARDED = "x-forwarded";

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
    String token = bearerToken(request);
    if (token != null) {
      return byHeader(token, request.peer());
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
    return request.headers().keySet().stream().anyMatch(Access::isOfProxies)
        ? new Refused(Refusal.FORWARDED)
        : new LetIn(Visit.onThisMachine());
  }

  /** Some proxies write names with underscores, as a gateway's variables have them. */
  private static boolean isOfProxies(String header) {
    String name = header.toLowerCase(Locale.ROOT).replace('_', '-');
    return name.startsWith(FORWARDED) || OF_PROXIES.contains(name);
  }

  private static @Nullable String bearerToken(PageRequest request) {
    String authorization = request.header("authorization");
    return authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? authorization.substring(SCHEME.length()).strip()
        : null;
  }

  private Decision byHeader(String bearerToken, InetAddress peer) {
    Shown shown = show(bearerToken, peer);
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
