package dev.wxnotify.server.pages;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.LogCapture;
import dev.wxnotify.web.HostCheck;
import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageAnswer.Whole;
import dev.wxnotify.web.PageRequest;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may see the console: a row for each way to ask. */
final class ConsoleAccessTest {
  private static final String OPS_TOKEN = "ops-token-hush";
  private static final String CRM_TOKEN = "crm-token-hush";
  private static final String SHOP_TOKEN = "shop-token-hush";
  private static final String WRONG_TOKEN = "wrong-token-hush";

  private final FakeClock clock = new FakeClock();
  private final FakeOperators callers =
      new FakeOperators(true)
          .with(OPS_TOKEN, new Operators.Holder("ops", null, true))
          .with(CRM_TOKEN, new Operators.Holder("crm", null, false))
          .with(SHOP_TOKEN, new Operators.Holder("shopkeeper", Set.of("wx-shop"), true));
  private final Console console = console(callers);

  /** What a page would show: whose it is, and which apps. */
  private static final class Shown implements ConsolePages {
    @Override
    public @Nullable PageAnswer open(PageRequest request) {
      return request.path().startsWith("/assets/") ? PageAnswer.text(200, "asset") : null;
    }

    @Override
    public PageAnswer page(PageRequest request, ConsoleData data) {
      return PageAnswer.text(200, "data for " + data.viewer());
    }

    @Override
    public Whole login(PageRequest request, String next, @Nullable LoginProblem problem) {
      return PageAnswer.text(200, "log in for " + next + " " + problem);
    }

    @Override
    public Whole refused(PageRequest request, Refusal why) {
      return PageAnswer.text(200, "refused " + why);
    }
  }

  private Console console(Operators operators) {
    return new Console(
        new HostCheck(Set.of("console.corp.example")),
        new Access(operators, clock.nanos()),
        new Shown(),
        visit -> new FakeData(visit.viewer()));
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static PageRequest get(String path, String... headers) {
    return request("GET", path, "", "127.0.0.1", headers);
  }

  private static PageRequest post(String path, String body, String... headers) {
    return request("POST", path, body, "127.0.0.1", headers);
  }

  private static PageRequest request(
      String method, String path, String body, String peer, String... headers) {
    Map<String, String> all = new HashMap<>();
    all.put("host", "127.0.0.1:9464");
    all.put("content-type", "application/x-www-form-urlencoded");
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], headers[i + 1]);
    }
    return PageRequest.of(method, path, all, body.getBytes(StandardCharsets.UTF_8), address(peer));
  }

  private static String form(String token, String next) {
    return "token="
        + URLEncoder.encode(token, StandardCharsets.UTF_8)
        + "&next="
        + URLEncoder.encode(next, StandardCharsets.UTF_8);
  }

  private Whole ask(PageRequest request) {
    return (Whole) console.answer(request);
  }

  private static String text(Whole answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  /** Logs in, and returns the cookie. */
  private String logIn(String token) {
    Whole answer = ask(post("/login", form(token, "/")));
    assertThat(answer.status()).isEqualTo(303);
    String cookie = String.valueOf(answer.headers().get("Set-Cookie"));
    return cookie.substring(0, cookie.indexOf(';'));
  }

  private Whole with(String cookie) {
    return ask(get("/apps", "cookie", cookie));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, '', '', 200",
    "::1, '', '', 200",
    "127.9.9.9, '', '', 200",
    "192.168.1.7, '', '', 403",
    "172.17.0.1, '', '', 403",
    "fe80::1, '', '', 403",
    "127.0.0.1, x-forwarded-for, 203.0.113.9, 403",
    "127.0.0.1, x-forwarded-for, 127.0.0.1, 403",
    "127.0.0.1, forwarded, for=203.0.113.9, 403",
    "127.0.0.1, x-real-ip, 203.0.113.9, 403",
    "127.0.0.1, x-forwarded-proto, https, 403",
    "127.0.0.1, x-forwarded-host, some, 403",
    "127.0.0.1, via, 1.1 proxy, 403",
    "127.0.0.1, X-Forwarded-Prefix, /console, 403",
    "127.0.0.1, X_Forwarded_For, 203.0.113.9, 403",
    "127.0.0.1, x-cluster-client-ip, 203.0.113.9, 403",
    "127.0.0.1, authorization, Bearer some, 200",
    "192.168.1.7, authorization, Bearer some, 403",
    "192.168.1.7, x-forwarded-for, 127.0.0.1, 403",
  })
  void withoutCallers_onlyThisMachineIsLetIn_andNoProxy(
      String peer, String header, String value, int status) {
    Console open = console(new FakeOperators(false));
    String[] headers = header.isEmpty() ? new String[0] : new String[] {header, value};

    Whole answer = (Whole) open.answer(request("GET", "/", "", peer, headers));

    assertThat(answer.status()).isEqualTo(status);
    assertThat(text(answer)).startsWith(status == 200 ? "data for " : "refused ");
  }

  @Test
  void withCallers_withoutCredentials_isTheForm_evenOnThisMachine() {
    Whole answer = ask(get("/messages?open_id=a%20b"));

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.headers()).containsEntry("WWW-Authenticate", "Bearer realm=\"wxnotify\"");
    assertThat(text(answer)).isEqualTo("log in for /messages?open_id=a%20b null\n");
  }

  @Test
  void rightToken_isASession_thatOneCookieHolds() {
    Whole answer = ask(post("/login", form(OPS_TOKEN, "/messages?outcome=rejected")));

    assertThat(answer.status()).isEqualTo(303);
    assertThat(answer.headers()).containsEntry("Location", "/messages?outcome=rejected");
    assertThat(answer.headers().get("Set-Cookie"))
        .matches("wxnotify_console=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict")
        .doesNotContain(OPS_TOKEN);
    assertThat(text(with(logIn(OPS_TOKEN)))).contains("name=ops, appIds=null");
    assertThat(logIn(OPS_TOKEN)).isNotEqualTo(logIn(OPS_TOKEN));
  }

  @Test
  void behindTls_theCookieIsSecure() {
    assertThat(
            ask(post("/login", form(OPS_TOKEN, "/"), "x-forwarded-proto", "https"))
                .headers()
                .get("Set-Cookie"))
        .endsWith("; Secure");
  }

  @Test
  void restrictedCaller_seesItsAppsOnly() {
    assertThat(text(with(logIn(SHOP_TOKEN)))).contains("name=shopkeeper, appIds=[wx-shop]");
  }

  @ParameterizedTest
  @ValueSource(strings = {WRONG_TOKEN, "", "ops-token-hus", "ops-token-hush2"})
  void wrongToken_seesNothing(String token) {
    Whole answer = ask(post("/login", form(token, "/")));

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.headers()).doesNotContainKey("Set-Cookie");
    assertThat(text(answer)).isEqualTo("log in for / WRONG_TOKEN\n");
  }

  @Test
  void callerWithoutTheRight_seesNothing() {
    Whole answer = ask(post("/login", form(CRM_TOKEN, "/")));

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.headers()).doesNotContainKey("Set-Cookie");
    assertThat(text(answer)).isEqualTo("log in for / NO_OPERATOR\n");
    assertThat(ask(get("/", "authorization", "Bearer " + CRM_TOKEN)).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource({
    "Bearer ops-token-hush, 200",
    "bearer   ops-token-hush , 200",
    "Bearer wrong, 401",
    "Basic ops-token-hush, 401",
    "ops-token-hush, 401",
    "'Bearer ops-token-hush, Bearer ops-token-hush', 401",
    "Bearer, 401",
  })
  void header_worksAsOverGrpc(String header, int status) {
    assertThat(ask(get("/", "authorization", header)).status()).isEqualTo(status);
  }

  /** A proxy that asks for a password passes it on: that is no token, and no try of one. */
  @Test
  void passwordOfAProxy_besideASession_changesNothing() {
    String cookie = logIn(OPS_TOKEN);
    String[] headers = {"cookie", cookie, "authorization", "Basic dXNlcjpwdw=="};

    for (int i = 0; i <= WrongTokens.AT_ONCE; i++) {
      assertThat(ask(get("/", headers)).status()).isEqualTo(200);
      assertThat(ask(get("/", "authorization", "Basic dXNlcjpwdw==")).status()).isEqualTo(401);
    }
    assertThat(ask(post("/login", form(OPS_TOKEN, "/"), headers)).status()).isEqualTo(303);
  }

  /** As with gRPC, what is shown last does not hide that it is wrong. */
  @Test
  void wrongHeader_besideASession_seesNothing() {
    String cookie = logIn(OPS_TOKEN);

    assertThat(ask(get("/", "cookie", cookie, "authorization", "Bearer " + WRONG_TOKEN)).status())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"wxnotify_console=", "wxnotify_console=x", "other=1"})
  void unknownCookie_seesNothing(String cookie) {
    assertThat(with(cookie).status()).isEqualTo(401);
  }

  @Test
  void session_endsWithoutUse_andAtLast() {
    String idle = logIn(OPS_TOKEN);
    String busy = logIn(OPS_TOKEN);
    Duration almost = Sessions.IDLE.minusSeconds(1);
    Duration used = Duration.ZERO;
    while (used.compareTo(Sessions.LONGEST.minus(almost)) < 0) {
      clock.advance(almost);
      used = used.plus(almost);
      assertThat(with(busy).status()).isEqualTo(200);
    }

    assertThat(with(idle).status()).isEqualTo(401);
    assertThat(text(with(idle))).contains("SESSION_ENDED");
    clock.advance(Sessions.LONGEST.minus(used));
    assertThat(with(busy).status()).isEqualTo(401);
  }

  @Test
  void session_endsWithItsToken_itsCallerAndItsRight() {
    String withdrawn = logIn(OPS_TOKEN);
    String demoted = logIn(SHOP_TOKEN);
    callers.withdraw(OPS_TOKEN);
    callers.with(SHOP_TOKEN, new Operators.Holder("shopkeeper", Set.of("wx-shop"), false));

    assertThat(with(withdrawn).status()).isEqualTo(401);
    assertThat(with(demoted).status()).isEqualTo(401);

    callers.with(SHOP_TOKEN, new Operators.Holder("somebody-else", null, true));
    String other = logIn(SHOP_TOKEN);
    callers.with(SHOP_TOKEN, new Operators.Holder("shopkeeper", null, true));
    assertThat(with(other).status()).as("the token is another caller's now").isEqualTo(401);
  }

  @Test
  void session_followsTheAppsOfItsCaller() {
    String cookie = logIn(SHOP_TOKEN);
    callers.with(SHOP_TOKEN, new Operators.Holder("shopkeeper", Set.of("wx-club"), true));

    assertThat(text(with(cookie))).contains("appIds=[wx-club]");
  }

  @Test
  void logout_endsTheSession_andTakesTheCookieAway() {
    String cookie = logIn(OPS_TOKEN);
    Whole answer = ask(post("/logout", "", "cookie", cookie));

    assertThat(answer.status()).isEqualTo(303);
    assertThat(answer.headers().get("Set-Cookie"))
        .startsWith("wxnotify_console=; ")
        .contains("Max-Age=0");
    assertThat(with(cookie).status()).isEqualTo(401);
    assertThat(ask(get("/logout", "cookie", cookie)).status()).isEqualTo(405);
  }

  @Test
  void login_endsTheSessionBeforeIt() {
    String before = logIn(OPS_TOKEN);
    ask(post("/login", form(SHOP_TOKEN, "/"), "cookie", before));

    assertThat(with(before).status()).isEqualTo(401);
  }

  @Test
  void sessions_areBounded_andThoseInUseAreKept() {
    List<String> cookies = new ArrayList<>();
    for (int i = 0; i < Sessions.MOST; i++) {
      cookies.add(logIn(OPS_TOKEN));
    }
    assertThat(with(cookies.get(0)).status()).isEqualTo(200);
    String another = logIn(OPS_TOKEN);

    assertThat(with(another).status()).isEqualTo(200);
    assertThat(with(cookies.get(0)).status()).as("used last").isEqualTo(200);
    assertThat(with(cookies.get(1)).status()).as("not used for longest").isEqualTo(401);
    assertThat(with(cookies.get(2)).status()).isEqualTo(200);
  }

  @Test
  void wrongTokens_slowDown_forTheirAddressOnly_andAreLoggedOnceAMinute() {
    try (LogCapture log = LogCapture.open()) {
      for (int i = 0; i < WrongTokens.AT_ONCE; i++) {
        assertThat(ask(post("/login", form(WRONG_TOKEN + i, "/"))).status()).isEqualTo(401);
      }
      int looks = callers.looks.get();
      Whole answer = ask(post("/login", form(OPS_TOKEN, "/")));

      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.headers()).containsEntry("Retry-After", "2");
      assertThat(text(answer)).isEqualTo("log in for / TOO_OFTEN\n");
      assertThat(ask(get("/", "authorization", "Bearer " + OPS_TOKEN)).status()).isEqualTo(429);
      assertThat(callers.looks).as("not looked at").hasValue(looks);
      Whole elsewhere =
          (Whole) console.answer(request("POST", "/login", form(OPS_TOKEN, "/"), "10.0.0.9"));
      assertThat(elsewhere.status()).isEqualTo(303);

      clock.advance(WrongTokens.EVERY);
      assertThat(ask(post("/login", form(WRONG_TOKEN, "/"))).status()).isEqualTo(401);
      assertThat(ask(post("/login", form(OPS_TOKEN, "/"))).status()).isEqualTo(429);
      clock.advance(WrongTokens.EVERY);
      assertThat(ask(post("/login", form(OPS_TOKEN, "/"))).status()).isEqualTo(303);

      assertThat(log.lines(Level.WARN, "console: "))
          .containsExactly("console: a wrong token was shown from 127.0.0.1");
      clock.advance(WrongTokens.BETWEEN_LINES);
      ask(post("/login", form(WRONG_TOKEN, "/")));
      assertThat(log.lines(Level.WARN, "; 5 more since the last line like this")).hasSize(1);
      assertThat(log.everything()).doesNotContain("hush");
    }
  }

  /** Who tries from many addresses of one network has one; the list of networks has a bound. */
  @Test
  void wrongTokens_fromOneIpv6Network_areThoseOfOne() {
    for (int i = 0; i < WrongTokens.AT_ONCE; i++) {
      console.answer(request("POST", "/login", form(WRONG_TOKEN, "/"), "2001:db8::" + (i + 1)));
    }

    assertThat(
            ((Whole)
                    console.answer(
                        request("GET", "/", "", "2001:db8::99", "authorization", "Bearer x")))
                .status())
        .isEqualTo(429);
    assertThat(
            ((Whole)
                    console.answer(
                        request("GET", "/", "", "2001:db8:1::1", "authorization", "Bearer x")))
                .status())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:9464, 401",
    "'[::1]:9464', 401",
    "localhost, 401",
    "console.corp.example:8443, 401",
    "CONSOLE.corp.example, 401",
    "evil.example, 403",
    "localhost.evil.example, 403",
    "127.0.0.1.evil.example, 403",
    "'', 403",
  })
  void foreignHost_isRefused_beforeAnythingElse(String host, int status) {
    assertThat(ask(get("/", "host", host)).status()).isEqualTo(status);
    assertThat(ask(get("/assets/web.css", "host", host)).status())
        .isEqualTo(status == 401 ? 200 : 403);
  }

  @ParameterizedTest
  @CsvSource({
    "origin, http://127.0.0.1:9464, 303",
    "origin, http://127.0.0.1:9465, 403",
    "origin, https://evil.example, 403",
    "origin, null, 403",
    "sec-fetch-site, cross-site, 403",
    "sec-fetch-site, same-origin, 303",
  })
  void foreignOrigin_changesNothing(String header, String value, int status) {
    assertThat(ask(post("/login", form(OPS_TOKEN, "/"), header, value)).status()).isEqualTo(status);
    String cookie = logIn(OPS_TOKEN);
    ask(post("/logout", "", "cookie", cookie, header, value));
    assertThat(with(cookie).status()).isEqualTo(status == 303 ? 401 : 200);
  }

  @ParameterizedTest
  @CsvSource({
    "/apps?x=1, /apps?x=1",
    "//evil.example/, /",
    "/\\evil.example, /",
    "https://evil.example, /",
    "/a\tb, /",
    "/login, /",
    "/logout, /",
    "'', /",
  })
  void login_goesOnOnThisServerOnly(String next, String location) {
    assertThat(ask(post("/login", form(OPS_TOKEN, next))).headers())
        .containsEntry("Location", location);
  }

  @ParameterizedTest
  @CsvSource({"/, 405", "/messages, 405"})
  void posts_elsewhere_areNotAllowed(String path, int status) {
    assertThat(ask(post(path, "", "cookie", logIn(OPS_TOKEN))).status()).isEqualTo(status);
  }

  @Test
  void everyAnswer_hasTheHeadersOfPages() {
    List<Whole> answers =
        List.of(
            ask(get("/")),
            ask(get("/", "host", "evil.example")),
            ask(post("/", "")),
            ask(post("/login", form(OPS_TOKEN, "/"))),
            ask(post("/login", form(OPS_TOKEN, "/"), "origin", "null")),
            with(logIn(OPS_TOKEN)));

    assertThat(answers)
        .allSatisfy(
            answer ->
                assertThat(answer.headers())
                    .containsEntry("X-Content-Type-Options", "nosniff")
                    .containsEntry("Referrer-Policy", "same-origin")
                    .containsEntry("Cache-Control", "no-store")
                    .hasEntrySatisfying(
                        "Content-Security-Policy",
                        policy ->
                            assertThat(policy)
                                .contains("default-src 'self'", "frame-ancestors 'none'")));
  }
}
