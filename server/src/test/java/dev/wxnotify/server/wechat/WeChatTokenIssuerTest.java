package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.message.Language;
import dev.wxnotify.server.message.MiniProgramState;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.DeafPort;
import dev.wxnotify.server.testing.TestLoops;
import dev.wxnotify.server.testing.TestTokens;
import dev.wxnotify.server.token.AccessToken;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.IssueResult.Refused.Kind;
import dev.wxnotify.server.token.TokenIssuer.Mode;
import dev.wxnotify.server.wechat.WeChatTokenIssuer.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeChatTokenIssuerTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String APP_ID = "wx0123456789abcdef";
  private static final AppSecret SECRET = new AppSecret("s3cr3t-of-the-app");
  private static final String TOKEN = "98_token-of-wechat";
  private static final String RID = "671b9ddb-6ce940c8-7d5bcaf9";
  private static final String ISSUED = "{\"access_token\":\"" + TOKEN + "\",\"expires_in\":7200}";
  private static final IssueResult NO_CONNECTION =
      new IssueResult.Unavailable("WeChat could not be reached: no connection in time");

  private final List<AutoCloseable> toClose = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  // What is written.

  @ParameterizedTest
  @CsvSource({"NORMAL,false", "FORCED,true"})
  void stable_request_isExact(Mode mode, boolean forceRefresh) throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ISSUED));

    issuer(server.url(), Endpoint.STABLE, LONG).issue(mode).toCompletableFuture().get();

    RawHttpServer.Request request = server.request();
    assertThat(request.line()).isEqualTo("POST /cgi-bin/stable_token HTTP/1.1");
    assertThat(request.header("content-type")).containsExactly("application/json; charset=utf-8");
    assertThat(request.text())
        .isEqualTo(
            "{\"grant_type\":\"client_credential\",\"appid\":\"wx0123456789abcdef\","
                + "\"secret\":\"s3cr3t-of-the-app\",\"force_refresh\":"
                + forceRefresh
                + "}");
  }

  @Test
  void stable_secretWithAwkwardCharacters_isRawUtf8() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ISSUED));

    new WeChatTokenIssuer(
            http(server.url(), LONG), Endpoint.STABLE, APP_ID, () -> new AppSecret("a\"b\\c$d😀中"))
        .issue(Mode.NORMAL)
        .toCompletableFuture()
        .get();

    assertThat(server.request().body())
        .isEqualTo(
            ("{\"grant_type\":\"client_credential\",\"appid\":\"wx0123456789abcdef\","
                    + "\"secret\":\"a\\\"b\\\\c$d😀中\",\"force_refresh\":false}")
                .getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void classic_request_isAnEncodedQueryWithoutBody(Mode mode) throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ISSUED));

    new WeChatTokenIssuer(
            http(server.url(), LONG),
            Endpoint.CLASSIC,
            APP_ID,
            () -> new AppSecret("a+b&c=d%e#f/g"))
        .issue(mode)
        .toCompletableFuture()
        .get();

    RawHttpServer.Request request = server.request();
    assertThat(request.line())
        .isEqualTo(
            "GET /cgi-bin/token?grant_type=client_credential&appid=wx0123456789abcdef"
                + "&secret=a%2Bb%26c%3Dd%25e%23f%2Fg HTTP/1.1");
    assertThat(request.body()).isEmpty();
  }

  // What is read.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"access_token\":\"98_token-of-wechat\",\"expires_in\":345}",
        "{\"access_token\":\"98_token-of-wechat\",\"expires_in\":\"345\"}",
        "{\"errcode\":0,\"errmsg\":\"ok\",\"access_token\":\"98_token-of-wechat\","
            + "\"expires_in\":345}",
        "{\"expires_in\":345,\"access_token\":\"98_token-of-wechat\",\"more\":{}}\n",
      })
  void issued_anyForm_hasTheTokenAndItsLife(String body) throws Exception {
    for (Endpoint endpoint : Endpoint.values()) {
      assertThat(issue(endpoint, RawHttpServer.answer("200 OK", "text/plain", body)))
          .isEqualTo(new IssueResult.Issued(TOKEN, Duration.ofSeconds(345)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "<html>gbk</html>",
        "{\"access_token\":\"98_token-of-wechat\",\"expires_in\":0}",
        "{\"access_token\":\"98_token-of-wechat\",\"expires_in\":-7200}",
        "{\"access_token\":\"98_token-of-wechat\",\"expires_in\":\"soon\"}",
        "{\"access_token\":\"98_token-of-wechat\",\"expires_in\":7200",
        "{\"access_token\":\"98_token-of-wechat\",\"expires_in\":99999999999999999999}",
        "{\"expires_in\":7200}",
        "{\"access_token\":\"\",\"expires_in\":7200}",
        "{\"access_token\":null,\"expires_in\":7200}",
        "{\"access_token\":[\"98_token-of-wechat\"],\"expires_in\":7200}",
        "{\"errcode\":0,\"errmsg\":\"ok\"}",
      })
  void body_withoutTokenAndLife_isUnavailableAndTellsNoToken(String body) throws Exception {
    for (Endpoint endpoint : Endpoint.values()) {
      IssueResult result = issue(endpoint, RawHttpServer.json(body));

      assertThat(result).isInstanceOf(IssueResult.Unavailable.class);
      assertThat(result.toString()).doesNotContain(TOKEN);
    }
  }

  @ParameterizedTest
  @CsvSource({"7200.0", "'\"7200\"'", "'\"7200.0\"'", "7.2e3"})
  void expiresIn_ofAnotherForm_isTheLife(String expiresIn) throws Exception {
    for (Endpoint endpoint : Endpoint.values()) {
      assertThat(issue(endpoint, RawHttpServer.json(issuedFor(expiresIn))))
          .isEqualTo(new IssueResult.Issued(TOKEN, Duration.ofHours(2)));
    }
  }

  /**
   * The token is WeChat's and works; only its end is not known. WeChat documents 7,200 seconds as
   * the longest life. Where it is less, WeChat says so with 42001, and the token is renewed.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"access_token\":\"98_token-of-wechat\"}",
        "{\"access_token\":\"98_token-of-wechat\",\"expires_in\":null}",
        "{\"errcode\":0,\"errmsg\":\"ok\",\"access_token\":\"98_token-of-wechat\"}",
      })
  void expiresIn_missing_isTheDocumentedLife(String body) throws Exception {
    for (Endpoint endpoint : Endpoint.values()) {
      assertThat(issue(endpoint, RawHttpServer.json(body)))
          .isEqualTo(new IssueResult.Issued(TOKEN, Duration.ofHours(2)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "-7200",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "31536001",
        "1e18",
        "1e400",
        "7200.5",
        "true",
        "[7200]",
        "{}",
        "\"\"",
        "\"2 hours\"",
      })
  void expiresIn_thatIsNoLife_isUnavailableInPlainWords(String expiresIn) throws Exception {
    for (Endpoint endpoint : Endpoint.values()) {
      IssueResult result = issue(endpoint, RawHttpServer.json(issuedFor(expiresIn)));

      assertThat(result)
          .isInstanceOfSatisfying(
              IssueResult.Unavailable.class,
              unavailable ->
                  assertThat(unavailable.explanation())
                      .startsWith("WeChat's answer has an expires_in ")
                      .doesNotContain("Exception", "java", TOKEN));
    }
  }

  @Test
  void expiresIn_theLongestPossible_isATimeThatTheCacheCanReckonWith() throws Exception {
    IssueResult result = issue(Endpoint.STABLE, RawHttpServer.json(issuedFor("31536000")));

    assertThat(result)
        .isInstanceOfSatisfying(
            IssueResult.Issued.class,
            issued -> {
              Instant now = Instant.parse("2026-11-24T00:00:00Z");
              AccessToken token = TestTokens.token(issued.value(), now, now.plus(issued.life()));
              assertThat(token.life()).isEqualTo(Duration.ofDays(365));
              assertThat(token.expiresAt().toEpochMilli()).isPositive();
            });
  }

  private static String issuedFor(String expiresIn) {
    return "{\"access_token\":\"" + TOKEN + "\",\"expires_in\":" + expiresIn + "}";
  }

  @ParameterizedTest
  @ValueSource(strings = {"201 Created", "302 Found", "404 Not Found", "502 Bad Gateway"})
  void status_otherThanOk_isUnavailable(String status) throws Exception {
    RawHttpServer server = start(RawHttpServer.answer(status, "application/json", ISSUED));

    IssueResult result =
        issuer(server.url(), Endpoint.STABLE, LONG).issue(Mode.NORMAL).toCompletableFuture().get();

    assertThat(result)
        .isInstanceOfSatisfying(
            IssueResult.Unavailable.class,
            unavailable ->
                assertThat(unavailable.explanation()).contains("HTTP " + status.substring(0, 3)));
    assertThat(result.toString()).doesNotContain(TOKEN);
    assertThat(server.requests()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "-1,BUSY",
    "40001,CREDENTIALS",
    "40002,CREDENTIALS",
    "40013,CREDENTIALS",
    "40125,CREDENTIALS",
    "40164,CREDENTIALS",
    "40243,CREDENTIALS",
    "41002,CREDENTIALS",
    "41004,CREDENTIALS",
    "43002,CREDENTIALS",
    "45009,BUSY",
    "45011,BUSY",
    "50004,CREDENTIALS",
    "50007,CREDENTIALS",
    "61024,CREDENTIALS",
    "89501,CREDENTIALS",
    "89503,CREDENTIALS",
    "89506,CREDENTIALS",
    "89507,CREDENTIALS",
    "12345,CREDENTIALS",
  })
  void refused_eachCode_hasItsKindAndKeepsTheRid(int errcode, Kind kind) throws Exception {
    String body = "{\"errcode\":" + errcode + ",\"errmsg\":\"the text, rid: " + RID + "\"}";
    for (Endpoint endpoint : Endpoint.values()) {
      assertThat(issue(endpoint, RawHttpServer.json(body)))
          .isEqualTo(new IssueResult.Refused(kind, errcode, "the text", RID));
    }
  }

  @Test
  void refused_withAToken_isRefusedAllTheSame() throws Exception {
    assertThat(
            issue(
                Endpoint.STABLE,
                RawHttpServer.json(
                    "{\"errcode\":40013,\"access_token\":\"98_token-of-wechat\","
                        + "\"expires_in\":7200}")))
        .isEqualTo(new IssueResult.Refused(Kind.CREDENTIALS, 40013, "", ""));
  }

  // What does not come.

  @ParameterizedTest
  @EnumSource(Endpoint.class)
  void weChat_notReached_isUnavailable(Endpoint endpoint) throws Exception {
    URI nobody = URI.create("http://127.0.0.1:" + DeafPort.number());

    IssueResult result =
        issuer(nobody, endpoint, LONG).issue(Mode.NORMAL).toCompletableFuture().get();

    assertThat(result).isInstanceOf(IssueResult.Unavailable.class);
    assertThat(result.toString()).contains("could not be reached").doesNotContain(SECRET.value());
  }

  @ParameterizedTest
  @EnumSource(Endpoint.class)
  void weChat_silent_isUnavailableAfterTheRequestTimeout(Endpoint endpoint) throws Exception {
    RawHttpServer server = start(RawHttpServer.silence());
    Duration limit = SHORT;
    IssueResult result = issueWithin(limit, server, endpoint);
    while (result.equals(NO_CONNECTION) && limit.compareTo(LONG.dividedBy(2)) < 0) {
      limit = limit.multipliedBy(2); // The machine is too busy to connect within a shorter one.
      result = issueWithin(limit, server, endpoint);
    }

    assertThat(result)
        .isEqualTo(new IssueResult.Unavailable("no answer from WeChat: no answer in time"));
    Await.until("the server has read it", () -> !server.requests().isEmpty());
    assertThat(server.requests()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Endpoint.class)
  void weChat_resets_isUnavailableAfterOneRequest(Endpoint endpoint) throws Exception {
    RawHttpServer server = start(RawHttpServer.resetAfterReading(), RawHttpServer.json(ISSUED));

    assertThat(issuer(server.url(), endpoint, LONG).issue(Mode.NORMAL).toCompletableFuture().get())
        .isInstanceOf(IssueResult.Unavailable.class);
    assertThat(server.requests()).hasSize(1);
  }

  // What is never told.

  @Test
  void secrets_whateverHappens_areInNoLogAndNoResult() throws Exception {
    List<RawHttpServer.Turn> turns =
        List.of(
            RawHttpServer.json(ISSUED),
            RawHttpServer.json("{\"errcode\":40125,\"errmsg\":\"invalid appsecret\"}"),
            RawHttpServer.json("{\"access_token\":\"" + TOKEN + "\"}"),
            RawHttpServer.json("nonsense " + TOKEN),
            RawHttpServer.answer("502 Bad Gateway", "text/html", TOKEN),
            RawHttpServer.resetBeforeReading(),
            RawHttpServer.resetAfterReading(),
            RawHttpServer.bytesThenClose("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + TOKEN),
            RawHttpServer.bytesThenClose("nonsense " + TOKEN + "\r\n\r\n"));
    List<String> said = new ArrayList<>();
    try (CapturedLog ours = CapturedLog.ofEverything("dev.wxnotify");
        CapturedLog netty = CapturedLog.atShippedLevels("io.netty")) {
      for (RawHttpServer.Turn turn : turns) {
        for (Endpoint endpoint : Endpoint.values()) {
          said.add(issue(endpoint, turn).toString());
        }
        RawHttpServer server = start(turn);
        said.add(send(server, true));
        said.add(send(server, false));
      }

      said.addAll(ours.lines());
      said.addAll(netty.lines());
    }

    assertThat(said)
        .hasSizeGreaterThanOrEqualTo(4 * turns.size())
        .allSatisfy(text -> assertThat(text).doesNotContain(TOKEN, SECRET.value()));
  }

  // Help.

  private String send(RawHttpServer server, boolean gateOpen) throws Exception {
    Instant now = Instant.parse("2026-11-24T00:00:00Z");
    return new WeChatMessageGateway(TestRoutes.by(http(server.url(), LONG)))
        .send(
            new SubscribeMessage(
                "openid-1",
                "template-1",
                "",
                Map.of("thing1", "x"),
                MiniProgramState.FORMAL,
                Language.ZH_CN),
            TestTokens.token(TOKEN, now, now.plusSeconds(7200)),
            () -> gateOpen)
        .toCompletableFuture()
        .get()
        .toString();
  }

  private IssueResult issue(Endpoint endpoint, RawHttpServer.Turn turn) throws Exception {
    return issuer(start(turn).url(), endpoint, LONG).issue(Mode.NORMAL).toCompletableFuture().get();
  }

  private IssueResult issueWithin(Duration limit, RawHttpServer server, Endpoint endpoint)
      throws Exception {
    return issuer(server.url(), endpoint, limit).issue(Mode.NORMAL).toCompletableFuture().get();
  }

  private RawHttpServer start(RawHttpServer.Turn first, RawHttpServer.Turn... more)
      throws IOException {
    RawHttpServer server = RawHttpServer.start(first, more);
    toClose.add(server);
    return server;
  }

  private WeChatTokenIssuer issuer(URI url, Endpoint endpoint, Duration requestTimeout) {
    return new WeChatTokenIssuer(http(url, requestTimeout), endpoint, APP_ID, () -> SECRET);
  }

  private WeChatHttpClient http(URI url, Duration requestTimeout) {
    TestLoops loops = new TestLoops(1);
    WeChatHttpClient http =
        new WeChatHttpClient(
            new WeChatHttpClient.Settings(url, null, LONG, requestTimeout, 8, LONG), loops.group());
    toClose.add(http);
    toClose.add(loops);
    return http;
  }
}
