package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.MessageGateway.WriteGate;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.message.Language;
import dev.wxnotify.server.message.MiniProgramState;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.DeafPort;
import dev.wxnotify.server.testing.TestLoops;
import dev.wxnotify.server.testing.TestTokens;
import dev.wxnotify.server.token.AccessToken;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real connections to a server that does what its script says. Every single send of these tests
 * also checks the port's promise: the gate is asked at most once, and the answer is {@code
 * NotWritten} if and only if the gate was not passed.
 */
class WeChatMessageGatewayTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final int CONNECTIONS = 8;

  /** The client's own allowance beyond the connections of messages. */
  private static final int HEADROOM = 32;

  private static final String TOKEN = "98_token";
  private static final String RID = "63744527-66b4c3d4-44fe1563";
  private static final String ACCEPTED = "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":1}";
  private static final Answer ACCEPTED_1 = new Answer.Accepted("1");
  private static final Answer NO_CONNECTION =
      new Answer.NotWritten("WeChat could not be reached: no connection in time");
  private static final SubscribeMessage MESSAGE = message("", Map.of("thing1", "咖啡"));

  private final List<AutoCloseable> toClose = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  // What is written.

  @Test
  void request_simpleMessage_isExact() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));

    send(server);

    RawHttpServer.Request request = server.request();
    assertThat(request.line())
        .isEqualTo("POST /cgi-bin/message/subscribe/send?access_token=98_token HTTP/1.1");
    assertThat(request.header("content-type")).containsExactly("application/json; charset=utf-8");
    assertThat(request.header("host")).containsExactly("127.0.0.1:" + server.port());
    assertThat(request.header("content-length"))
        .containsExactly(String.valueOf(request.body().length));
    assertThat(request.header("user-agent")).containsExactly("wxnotify");
    assertThat(request.header("transfer-encoding")).isEmpty();
    assertThat(request.header("expect")).isEmpty();
    assertThat(request.header("accept-encoding")).isEmpty();
    assertThat(request.header("cookie")).isEmpty();
    assertThat(request.header("authorization")).isEmpty();
    assertThat(request.text())
        .isEqualTo(
            "{\"touser\":\"openid-1\",\"template_id\":\"template-1\","
                + "\"miniprogram_state\":\"formal\",\"lang\":\"zh_CN\","
                + "\"data\":{\"thing1\":{\"value\":\"咖啡\"}}}");
  }

  @Test
  void request_everyFieldAndAwkwardText_isRawUtf8InTheCallersOrder() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));
    Map<String, String> data = new LinkedHashMap<>();
    data.put("thing9", "他说\"好\" \\ /");
    data.put("thing1", "😀\u2028<&'>é");
    data.put("amount3", "¥10.5");
    data.put("date2", "2026-11-24 20:00");
    SubscribeMessage message =
        new SubscribeMessage(
            "openid-1",
            "template-1",
            "pages/a?x=1&y=%E4%B8%AD",
            data,
            MiniProgramState.TRIAL,
            Language.ZH_HK);

    send(gateway(server), message, token(TOKEN), new Gate(true));

    assertThat(server.request().body())
        .isEqualTo(
            ("{\"touser\":\"openid-1\",\"template_id\":\"template-1\","
                    + "\"page\":\"pages/a?x=1&y=%E4%B8%AD\","
                    + "\"miniprogram_state\":\"trial\",\"lang\":\"zh_HK\","
                    + "\"data\":{\"thing9\":{\"value\":\"他说\\\"好\\\" \\\\ /\"},"
                    + "\"thing1\":{\"value\":\"😀\u2028<&'>é\"},"
                    + "\"amount3\":{\"value\":\"¥10.5\"},"
                    + "\"date2\":{\"value\":\"2026-11-24 20:00\"}}}")
                .getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({"DEVELOPER,developer", "TRIAL,trial", "FORMAL,formal"})
  void request_state_isWeChatsName(MiniProgramState state, String name) throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));
    SubscribeMessage message =
        new SubscribeMessage("o", "t", "", Map.of("thing1", "x"), state, Language.ZH_CN);

    send(gateway(server), message, token(TOKEN), new Gate(true));

    assertThat(server.request().text()).contains("\"miniprogram_state\":\"" + name + "\"");
  }

  @ParameterizedTest
  @CsvSource({"ZH_CN,zh_CN", "EN_US,en_US", "ZH_HK,zh_HK", "ZH_TW,zh_TW"})
  void request_language_isWeChatsName(Language language, String name) throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));
    SubscribeMessage message =
        new SubscribeMessage(
            "o", "t", "", Map.of("thing1", "x"), MiniProgramState.FORMAL, language);

    send(gateway(server), message, token(TOKEN), new Gate(true));

    assertThat(server.request().text()).contains("\"lang\":\"" + name + "\"");
  }

  @Test
  void request_tokenWithReservedCharacters_isUrlEncoded() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));

    send(gateway(server), MESSAGE, token("a+b/c=d&e%f#g?h"), new Gate(true));

    assertThat(server.request().line())
        .isEqualTo(
            "POST /cgi-bin/message/subscribe/send?access_token=a%2Bb%2Fc%3Dd%26e%25f%23g%3Fh"
                + " HTTP/1.1");
  }

  @Test
  void request_tokenRenewed_isWrittenWithTheNewOne() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));
    WeChatMessageGateway gateway = gateway(server);

    send(gateway, MESSAGE, token("old"), new Gate(true));
    send(gateway, MESSAGE, token("new"), new Gate(true));
    send(gateway, MESSAGE, token("old"), new Gate(true));

    assertThat(server.requests())
        .extracting(request -> request.line().replaceAll(".*access_token=(\\S*) .*", "$1"))
        .containsExactly("old", "new", "old");
  }

  /** Apps that send in turn do not take the place of one another. */
  @Test
  void request_ofSeveralAppsInTurn_isOfATargetThatWasMadeOnceForEach() throws Exception {
    WeChatMessageGateway gateway = gateway(start(RawHttpServer.json(ACCEPTED)));
    List<AccessToken> apps = IntStream.range(0, 50).mapToObj(i -> token("token-" + i)).toList();

    List<RequestTarget> targets = apps.stream().map(gateway::targetFor).toList();

    assertThat(targets).doesNotHaveDuplicates();
    for (int round = 0; round < 3; round++) {
      for (int app = 0; app < apps.size(); app++) {
        assertThat(gateway.targetFor(apps.get(app))).isSameAs(targets.get(app));
      }
    }
  }

  @Test
  void request_afterTwoThousandRenewals_isOfATargetThatIsKeptAllTheSame() throws Exception {
    WeChatMessageGateway gateway = gateway(start(RawHttpServer.json(ACCEPTED)));
    for (int i = 0; i < 2_000; i++) {
      gateway.targetFor(token("renewed-" + i));
    }

    RequestTarget one = gateway.targetFor(token("one"));
    RequestTarget other = gateway.targetFor(token("other"));

    assertThat(gateway.targetFor(token("one"))).isSameAs(one);
    assertThat(gateway.targetFor(token("other"))).isSameAs(other);
  }

  // What is read.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":1988810812324364291}",
        "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":\"1988810812324364291\"}",
        "{\"errCode\":0,\"errMsg\":\"ok\",\"msgId\":1988810812324364291}",
        "{\"ERRCODE\":\"0\",\"MsgID\":\" 1988810812324364291 \"}",
        "{\"msgid\":1988810812324364291,\"errmsg\":\"ok\",\"errcode\":0}",
        "  {\"errcode\" : 0 , \"msgid\" : 1988810812324364291 } \r\n\t ",
        "{\"errcode\":0,\"new\":{\"errcode\":43101,\"a\":[{}]},\"msgid\":1988810812324364291}",
        "{\"errcode\":0,\"errcode\":0,\"msgid\":1988810812324364291}",
      })
  void accepted_anyForm_keepsTheMessageIdExactly(String body) throws Exception {
    assertThat(send(start(RawHttpServer.json(body))))
        .isEqualTo(new Answer.Accepted("1988810812324364291"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"errcode\":0,\"errmsg\":\"ok\"}",
        "{\"errcode\":0,\"msgid\":null}",
        "{\"errcode\":0,\"msgid\":\"\"}",
        "{\"errcode\":0,\"msgid\":1.5e18}",
        "{\"errcode\":0,\"msgid\":{\"id\":1}}",
      })
  void accepted_withoutReadableMessageId_isAcceptedAllTheSame(String body) throws Exception {
    assertThat(send(start(RawHttpServer.json(body)))).isEqualTo(new Answer.Accepted(""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html; charset=gbk", "text/plain", "image/png", "nonsense"})
  void accepted_wrongContentType_isReadAllTheSame(String contentType) throws Exception {
    assertThat(send(start(RawHttpServer.answer("200 OK", contentType, ACCEPTED))))
        .isEqualTo(ACCEPTED_1);
  }

  @Test
  void accepted_bodyWithoutContentLength_isReadToTheEnd() throws Exception {
    assertThat(send(start(RawHttpServer.bytesThenClose("HTTP/1.1 200 OK\r\n\r\n" + ACCEPTED))))
        .isEqualTo(ACCEPTED_1);
  }

  static Stream<Arguments> errmsgs() {
    return Stream.of(
        Arguments.of("user refuse to accept the msg rid: " + RID, "user refuse to accept the msg"),
        Arguments.of("user refuse to accept the msg rid:" + RID, "user refuse to accept the msg"),
        Arguments.of("user refuse to accept the msg, rid: " + RID, "user refuse to accept the msg"),
        Arguments.of("user refuse to accept the msg RID: " + RID, "user refuse to accept the msg"),
        Arguments.of("refused hint: [a1_b2] rid: " + RID + "   ", "refused hint: [a1_b2]"),
        Arguments.of("refused rid: " + RID + " hint: [a1]", "refused hint: [a1]"),
        Arguments.of("rid: " + RID, ""));
  }

  @ParameterizedTest
  @MethodSource("errmsgs")
  void rejected_anyFormOfRid_isTakenOutOfTheText(String errmsg, String text) throws Exception {
    assertThat(send(start(RawHttpServer.json(error(43101, errmsg)))))
        .isEqualTo(rejected(Rejected.Reason.USER_NOT_SUBSCRIBED, 43101, text, RID));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "user refuse to accept the msg",
        "user refuse to accept the msg hint: [KNmA05800060]",
        "user refuse hints: [req_id: a!]",
        "rid: 6374-66b4-44fe",
        "grid: nothing",
      })
  void rejected_withoutRid_keepsTheText(String errmsg) throws Exception {
    assertThat(send(start(RawHttpServer.json(error(43101, errmsg + "  ")))))
        .isEqualTo(rejected(Rejected.Reason.USER_NOT_SUBSCRIBED, 43101, errmsg, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"errcode\":\"43101\",\"errmsg\":\"no\"}",
        "{\"errcode\":\" 43101 \",\"errmsg\":\"no\"}",
        "{\"errCode\":43101,\"errMsg\":\"no\"}",
      })
  void rejected_errcodeInAnyForm_isClassified(String body) throws Exception {
    assertThat(send(start(RawHttpServer.json(body))))
        .isEqualTo(rejected(Rejected.Reason.USER_NOT_SUBSCRIBED, 43101, "no", ""));
  }

  @Test
  void rejected_withATextInGbk_isClassifiedByErrcode() throws Exception {
    byte[] body = "{\"errcode\":40003,\"errmsg\":\"不合法的openid\"}".getBytes(Charset.forName("GBK"));

    assertThat(send(start(RawHttpServer.bytes(Http.answer(body)))))
        .isEqualTo(rejected(Rejected.Reason.INVALID_OPEN_ID, 40003, "不合法的openid", ""));
  }

  @Test
  void rejected_endlessText_isCut() throws Exception {
    Answer answer = send(start(RawHttpServer.json(error(43101, "x".repeat(9_000)))));

    assertThat(answer)
        .isEqualTo(rejected(Rejected.Reason.USER_NOT_SUBSCRIBED, 43101, "x".repeat(256), ""));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 429})
  void rejected_withHttpClientError_isClassifiedByErrcode(int status) throws Exception {
    assertThat(
            send(
                start(
                    RawHttpServer.answer(
                        status + " No", "application/json", error(43101, "refused")))))
        .isEqualTo(rejected(Rejected.Reason.USER_NOT_SUBSCRIBED, 43101, "refused", ""));
  }

  static Stream<Arguments> codes() {
    return Stream.of(
        Arguments.of(-1, "Busy", Rejected.Reason.WECHAT_BUSY),
        Arguments.of(40001, "TokenRejected", null),
        Arguments.of(40003, "Rejected", Rejected.Reason.INVALID_OPEN_ID),
        Arguments.of(40013, "CredentialsRejected", null),
        Arguments.of(40014, "TokenRejected", null),
        Arguments.of(40037, "Rejected", Rejected.Reason.INVALID_TEMPLATE),
        Arguments.of(40125, "CredentialsRejected", null),
        Arguments.of(40164, "CredentialsRejected", null),
        Arguments.of(40243, "CredentialsRejected", null),
        Arguments.of(41001, "CredentialsRejected", null),
        Arguments.of(41030, "Rejected", Rejected.Reason.INVALID_PAGE),
        Arguments.of(42001, "TokenRejected", null),
        Arguments.of(43101, "Rejected", Rejected.Reason.USER_NOT_SUBSCRIBED),
        Arguments.of(43107, "Rejected", Rejected.Reason.APP_RESTRICTED),
        Arguments.of(43108, "Busy", Rejected.Reason.RECIPIENT_BUSY),
        Arguments.of(45009, "Rejected", Rejected.Reason.DAILY_QUOTA_EXHAUSTED),
        Arguments.of(45011, "Busy", Rejected.Reason.RATE_LIMITED),
        Arguments.of(45168, "Rejected", Rejected.Reason.CONTENT_BLOCKED),
        Arguments.of(47003, "Rejected", Rejected.Reason.INVALID_TEMPLATE_DATA),
        Arguments.of(48001, "CredentialsRejected", null),
        Arguments.of(48004, "Rejected", Rejected.Reason.APP_RESTRICTED),
        Arguments.of(50001, "Rejected", Rejected.Reason.APP_RESTRICTED),
        Arguments.of(50002, "Rejected", Rejected.Reason.APP_RESTRICTED),
        Arguments.of(61004, "CredentialsRejected", null),
        Arguments.of(61007, "CredentialsRejected", null),
        Arguments.of(85107, "CredentialsRejected", null),
        Arguments.of(85112, "CredentialsRejected", null),
        Arguments.of(85113, "Busy", Rejected.Reason.WECHAT_BUSY),
        Arguments.of(43116, "Rejected", Rejected.Reason.UNRECOGNIZED_WECHAT_ERROR),
        Arguments.of(-2, "Rejected", Rejected.Reason.UNRECOGNIZED_WECHAT_ERROR));
  }

  @ParameterizedTest
  @MethodSource("codes")
  void errcode_eachOfTheTable_hasItsAnswer(int code, String kind, Rejected.@Nullable Reason reason)
      throws Exception {
    Answer answer = send(start(RawHttpServer.json(error(code, "text, rid: " + RID))));

    WeChatError error = new WeChatError(code, "text", RID);
    assertThat(answer)
        .isEqualTo(
            switch (kind) {
              case "Busy" -> new Answer.Busy(Objects.requireNonNull(reason), error);
              case "TokenRejected" -> new Answer.TokenRejected(error);
              case "CredentialsRejected" -> new Answer.CredentialsRejected(error);
              default -> rejected(reason, code, "text", RID);
            });
  }

  @Test
  void errcode_table_isCoveredWhole() {
    assertThat(codes().map(arguments -> arguments.get()[0]))
        .containsAll(Arrays.stream(WeChatErrcode.values()).map(WeChatErrcode::code).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "argument invalid! data.thing23.value invalid,thing23,invalid",
    "argument invalid! data.thing4.value is empty,thing4,is empty",
    "argument invalid! data.thing4.value is emtpy,thing4,is emtpy",
    "argument invalid! data.character_string1.value i,character_string1,i",
    "'argument invalid! data.character_string13.value ',character_string13,invalid",
    "argument invalid! data.character_string13.value,character_string13,invalid",
    "argument invalid! data.character_string13.val,character_string13,invalid",
    "argument invalid! data.character_string13.,character_string13,invalid",
    "argument invalid! data.character_stri,character_stri,invalid",
    "argument invalid! data.phone_number6.value invalid,phone_number6,invalid",
    "argument invalid! data.time2 invalid,time2,invalid",
  })
  void invalidData_anySpelling_namesTheField(String errmsg, String keyword, String rule)
      throws Exception {
    for (String rid : List.of("", " rid: " + RID)) {
      Answer answer = send(start(RawHttpServer.json(error(47003, errmsg + rid))));

      assertThat(answer)
          .isInstanceOfSatisfying(
              Answer.Rejected.class,
              rejected -> {
                assertThat(rejected.reason()).isEqualTo(Rejected.Reason.INVALID_TEMPLATE_DATA);
                assertThat(rejected.violations())
                    .containsExactly(new Violation("data[\"" + keyword + "\"]", "WeChat: " + rule));
              });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "argument invalid!", "argument invalid! data", "data.", "data.1"})
  void invalidData_withoutField_isRejectedWithoutOne(String errmsg) throws Exception {
    assertThat(send(start(RawHttpServer.json(error(47003, errmsg)))))
        .isEqualTo(rejected(Rejected.Reason.INVALID_TEMPLATE_DATA, 47003, errmsg, ""));
  }

  @Test
  void otherError_thatNamesAField_hasNoViolation() throws Exception {
    assertThat(send(start(RawHttpServer.json(error(40037, "data.thing1.value invalid")))))
        .isEqualTo(
            rejected(Rejected.Reason.INVALID_TEMPLATE, 40037, "data.thing1.value invalid", ""));
  }

  // What cannot be read.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "0",
        "\"ok\"",
        "[]",
        "[{\"errcode\":0}]",
        "{}",
        "{\"errmsg\":\"ok\",\"msgid\":1}",
        "{\"errcode\":null}",
        "{\"errcode\":\"\"}",
        "{\"errcode\":\"ok\"}",
        "{\"errcode\":false}",
        "{\"errcode\":0.5}",
        "{\"errcode\":4294967296}",
        "{\"errcode\":99999999999999999999}",
        "{\"errcode\":[0]}",
        "{\"errcode\":{\"errcode\":0}}",
        "{\"errcode\":0",
        "{\"errcode\":0,",
        "{\"errcode\":0,\"errmsg\":\"o",
        "{\"errcode\":0}}",
        "{\"errcode\":0}{\"errcode\":0}",
        "{\"errcode\":0} <!-- proxy -->",
        "{errcode:0}",
        "{'errcode':0}",
        "errcode=0",
        "<html><body>502 Bad Gateway</body></html>",
        "{\"errcode\":43101,\"errcode\":0}",
        "{\"errcode\":0,\"errCode\":43101}",
        "{\"errcode\":\"ok\",\"errcode\":0}",
      })
  void body_withoutOneReadableErrcode_isNoAnswer(String body) throws Exception {
    RawHttpServer server = start(RawHttpServer.json(body));

    assertThat(send(server)).isInstanceOf(Answer.NoAnswer.class);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void body_notUtf8_isNoAnswer() throws Exception {
    RawHttpServer server =
        start(
            RawHttpServer.bytes(
                "HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n{\"errcode\":0,\"errmsg\":\"\u00ff\"}"
                    .getBytes(StandardCharsets.ISO_8859_1)));

    assertThat(send(server)).isInstanceOf(Answer.NoAnswer.class);
  }

  @Test
  void body_deeplyNested_isNoAnswer() throws Exception {
    String body = "{\"errcode\":0,\"a\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}";

    assertThat(send(start(RawHttpServer.json(body)))).isInstanceOf(Answer.NoAnswer.class);
  }

  @Test
  void body_asLargeAsAllowed_isRead() throws Exception {
    String body = ACCEPTED + " ".repeat(AnswerSize.SMALL.most() - ACCEPTED.length());

    assertThat(send(start(RawHttpServer.json(body)))).isEqualTo(ACCEPTED_1);
  }

  @Test
  void body_oneByteTooLarge_isNoAnswer() throws Exception {
    String body = ACCEPTED + " ".repeat(AnswerSize.SMALL.most() - ACCEPTED.length() + 1);

    assertThat(send(start(RawHttpServer.json(body)))).isInstanceOf(Answer.NoAnswer.class);
  }

  @Test
  void body_endless_isCutAndTheConnectionClosed() throws Exception {
    RawHttpServer server = start(RawHttpServer.endlessBody());

    assertThat(send(server)).isInstanceOf(Answer.NoAnswer.class);
    server.awaitPeerLeft();
    assertThat(server.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 504, 599})
  void serverError_whateverItsBody_isNoAnswer(int status) throws Exception {
    for (String body : List.of("<html>Bad Gateway</html>", ACCEPTED, error(43101, "no"), "")) {
      RawHttpServer server = start(RawHttpServer.answer(status + " Bad", "text/html", body));

      assertThat(send(server))
          .isEqualTo(new Answer.NoAnswer("WeChat answered HTTP " + status, status));
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void notFound_withHtml_isNoAnswerThatTellsTheStatus() throws Exception {
    assertThat(send(start(RawHttpServer.answer("404 Not Found", "text/html", "<html></html>"))))
        .isEqualTo(
            new Answer.NoAnswer("WeChat answered HTTP 404 with a body that cannot be read", 404));
  }

  // What is never repeated.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "301 Moved\r\nLocation: /elsewhere",
        "302 Found\r\nLocation: /elsewhere",
        "307 Temporary Redirect\r\nLocation: /elsewhere",
        "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\"",
        "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"a\"",
        "408 Request Timeout\r\nConnection: close",
        "425 Too Early\r\nRetry-After: 0",
        "429 Too Many Requests\r\nRetry-After: 0",
        "503 Service Unavailable\r\nRetry-After: 0",
      })
  void status_thatInvitesARepeat_isNoAnswerAfterOneRequest(String statusAndHeader)
      throws Exception {
    RawHttpServer server =
        start(
            RawHttpServer.bytes(
                ("HTTP/1.1 " + statusAndHeader + "\r\nContent-Length: 0\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII)),
            RawHttpServer.json(ACCEPTED));

    assertThat(send(server)).isInstanceOf(Answer.NoAnswer.class);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void cookie_thatWeChatSets_isNotRemembered() throws Exception {
    RawHttpServer server =
        start(
            RawHttpServer.bytes(
                ("HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: "
                        + ACCEPTED.length()
                        + "\r\n\r\n"
                        + ACCEPTED)
                    .getBytes(StandardCharsets.US_ASCII)));
    WeChatMessageGateway gateway = gateway(server);

    send(gateway, MESSAGE, token(TOKEN), new Gate(true));
    send(gateway, MESSAGE, token(TOKEN), new Gate(true));

    assertThat(server.requests())
        .hasSize(2)
        .allSatisfy(request -> assertThat(request.header("cookie")).isEmpty());
  }

  // Connections that break.

  @Test
  void connection_resetBeforeTheRequestWasRead_isNeverRepeated() throws Exception {
    RawHttpServer server = start(RawHttpServer.resetBeforeReading(), RawHttpServer.json(ACCEPTED));

    // Whether the client noticed before it wrote is a race; the gate knows, and send() compares.
    assertThat(send(server)).isInstanceOfAny(Answer.NoAnswer.class, Answer.NotWritten.class);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void connection_resetAfterTheRequestWasRead_isNoAnswer() throws Exception {
    RawHttpServer server = start(RawHttpServer.resetAfterReading(), RawHttpServer.json(ACCEPTED));

    assertThat(send(server)).isInstanceOf(Answer.NoAnswer.class);
    assertThat(server.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 ",
        "HTTP/1.1 200 OK\r\nContent-Len",
        "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"errcode\":0,",
        "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"errcode\":0}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n{\"errcode\":0}\r\n",
      })
  void connection_endsInTheMiddleOfTheAnswer_isNoAnswer(String part) throws Exception {
    RawHttpServer closing = start(RawHttpServer.bytesThenClose(part), RawHttpServer.json(ACCEPTED));
    RawHttpServer resetting =
        start(RawHttpServer.resetAfterWriting(part), RawHttpServer.json(ACCEPTED));

    assertThat(send(closing)).isInstanceOf(Answer.NoAnswer.class);
    assertThat(send(resetting)).isInstanceOf(Answer.NoAnswer.class);
    assertThat(closing.requests()).hasSize(1);
    assertThat(resetting.requests()).hasSize(1);
  }

  @Test
  void connection_answersWithNonsense_isNoAnswer() throws Exception {
    RawHttpServer server = start(RawHttpServer.bytesThenClose("SSH-2.0-OpenSSH\r\n\r\n"));

    assertThat(send(server)).isInstanceOf(Answer.NoAnswer.class);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void connection_silent_isNoAnswerAfterTheRequestTimeout() throws Exception {
    RawHttpServer server = start(RawHttpServer.silence());
    Duration limit = SHORT;
    Answer answer = sendWithin(limit, server);
    while (answer.equals(NO_CONNECTION) && limit.compareTo(LONG.dividedBy(2)) < 0) {
      limit = limit.multipliedBy(2); // The machine is too busy to connect within a shorter one.
      answer = sendWithin(limit, server);
    }

    assertThat(answer).isEqualTo(new Answer.NoAnswer("no answer from WeChat: no answer in time"));
    Await.until("the server has read it", () -> !server.requests().isEmpty());
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void connection_refused_isNotWritten() throws Exception {
    URI nobody = URI.create("http://127.0.0.1:" + DeafPort.number());
    Gate gate = new Gate(true);

    Answer answer = send(gateway(nobody, null, LONG), MESSAGE, token(TOKEN), gate);

    assertThat(answer).isInstanceOf(Answer.NotWritten.class);
    assertThat(gate.asked()).isZero();
    assertThat(answer.toString()).doesNotContain(TOKEN);
  }

  @Test
  void connection_whenItsThreadsHaveEnded_isNotWritten() throws Exception {
    RawHttpServer server = start(RawHttpServer.silence());
    TestLoops loops = new TestLoops(1);
    WeChatMessageGateway gateway = gateway(server.url(), null, LONG, loops);
    loops.group().shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
    Gate gate = new Gate(true);

    Answer answer = send(gateway, MESSAGE, token(TOKEN), gate);

    assertThat(answer).isInstanceOf(Answer.NotWritten.class);
    assertThat(gate.asked()).isZero();
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void connection_toANameThatNobodyKnows_isNotWritten() throws Exception {
    Gate gate = new Gate(true);

    Answer answer =
        send(
            gateway(URI.create("http://nobody.invalid:1"), null, LONG),
            MESSAGE,
            token(TOKEN),
            gate);

    assertThat(answer).isInstanceOf(Answer.NotWritten.class);
    assertThat(gate.asked()).isZero();
    assertThat(answer.toString()).contains("nobody.invalid").doesNotContain(TOKEN);
  }

  @Test
  void connection_keptAlive_isUsedAgain() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));
    WeChatMessageGateway gateway = gateway(server);

    for (int i = 0; i < 5; i++) {
      assertThat(send(gateway, MESSAGE, token(TOKEN), new Gate(true))).isEqualTo(ACCEPTED_1);
    }

    assertThat(server.requests()).hasSize(5);
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void connection_thatWeChatClosedWhileIdle_isReplacedByANewOne() throws Exception {
    RawHttpServer server =
        start(
            RawHttpServer.thenCloseWhileIdle(RawHttpServer.json(ACCEPTED)),
            RawHttpServer.json(ACCEPTED));
    WeChatMessageGateway gateway = gateway(server);
    send(gateway, MESSAGE, token(TOKEN), new Gate(true));
    server.awaitPeerLeft();

    assertThat(send(gateway, MESSAGE, token(TOKEN), new Gate(true))).isEqualTo(ACCEPTED_1);
    assertThat(server.requests()).hasSize(2);
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void connection_thatIsResetOnReuse_isNeverRepeated() throws Exception {
    RawHttpServer server =
        start(
            RawHttpServer.json(ACCEPTED),
            RawHttpServer.resetAfterReading(),
            RawHttpServer.json(ACCEPTED));
    WeChatMessageGateway gateway = gateway(server);
    send(gateway, MESSAGE, token(TOKEN), new Gate(true));

    assertThat(send(gateway, MESSAGE, token(TOKEN), new Gate(true)))
        .isInstanceOf(Answer.NoAnswer.class);
    assertThat(server.requests()).hasSize(2);
    assertThat(server.connections()).isEqualTo(1);
  }

  // The gate.

  @Test
  void gate_refuses_nothingIsWritten() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));
    WeChatMessageGateway gateway = gateway(server);
    Gate gate = new Gate(false);

    Answer refused = send(gateway, MESSAGE, token(TOKEN), gate);
    Answer next = send(gateway, MESSAGE, token(TOKEN), new Gate(true));

    assertThat(refused)
        .isEqualTo(
            new Answer.NotWritten("WeChat could not be reached: abandoned before it was written"));
    assertThat(gate.asked()).isEqualTo(1);
    assertThat(next).isEqualTo(ACCEPTED_1);
    assertThat(server.requests()).hasSize(1);
    assertThat(server.connections()).isLessThanOrEqualTo(2);
  }

  @Test
  void gate_refusesOnAPooledConnection_nothingIsWritten() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));
    WeChatMessageGateway gateway = gateway(server);
    send(gateway, MESSAGE, token(TOKEN), new Gate(true));

    Answer refused = send(gateway, MESSAGE, token(TOKEN), new Gate(false));

    assertThat(refused).isInstanceOf(Answer.NotWritten.class);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void gate_refusesAgainAndAgain_leavesConnectionsForOthers() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));
    WeChatMessageGateway gateway = gateway(server);

    for (int i = 0; i < 2 * (CONNECTIONS + HEADROOM); i++) {
      assertThat(send(gateway, MESSAGE, token(TOKEN), new Gate(false)))
          .isEqualTo(
              new Answer.NotWritten(
                  "WeChat could not be reached: abandoned before it was written"));
    }

    assertThat(send(gateway, MESSAGE, token(TOKEN), new Gate(true))).isEqualTo(ACCEPTED_1);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void gate_throws_isNotWritten() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));

    Answer answer =
        gateway(server)
            .send(
                MESSAGE,
                token(TOKEN),
                () -> {
                  throw new IllegalStateException("broken gate");
                })
            .toCompletableFuture()
            .get();

    assertThat(answer).isInstanceOf(Answer.NotWritten.class);
    assertThat(server.requests()).isEmpty();
  }

  // Many at once.

  @Test
  void connections_moreSendsThanAllowed_areBoundedAndEverySendIsAnswered() throws Exception {
    RawHttpServer server = start(RawHttpServer.heldBack(ACCEPTED));
    WeChatMessageGateway gateway = gateway(server);
    List<Gate> gates = new ArrayList<>();
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Gate gate = new Gate(true);
      gates.add(gate);
      answers.add(gateway.send(MESSAGE, token(TOKEN), gate).toCompletableFuture());
    }
    server.release();

    int accepted = 0;
    for (int i = 0; i < answers.size(); i++) {
      Answer answer = answers.get(i).get();
      assertThat(answer).isInstanceOfAny(Answer.Accepted.class, Answer.NotWritten.class);
      assertThat(gates.get(i).passed()).isEqualTo(answer instanceof Answer.Accepted);
      accepted += gates.get(i).passed() ? 1 : 0;
    }
    assertThat(accepted).isGreaterThanOrEqualTo(CONNECTIONS);
    assertThat(server.requests()).hasSize(accepted);
    assertThat(server.connections()).isLessThanOrEqualTo(CONNECTIONS + HEADROOM);
  }

  @Test
  void connections_asManySendsAsAllowed_areAllAccepted() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));
    WeChatMessageGateway gateway = gateway(server);

    for (int round = 0; round < 20; round++) {
      List<CompletableFuture<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        answers.add(gateway.send(MESSAGE, token(TOKEN), new Gate(true)).toCompletableFuture());
      }
      for (CompletableFuture<Answer> answer : answers) {
        assertThat(answer.get()).isEqualTo(ACCEPTED_1);
      }
    }

    assertThat(server.connections()).isLessThanOrEqualTo(CONNECTIONS + HEADROOM);
  }

  // The egress proxy.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "403 Forbidden",
        "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"a\"",
        "502 Bad Gateway",
      })
  void proxy_refusesToConnect_isNotWritten(String statusAndHeader) throws Exception {
    RawHttpServer proxy =
        start(
            RawHttpServer.bytes(
                ("HTTP/1.1 " + statusAndHeader + "\r\nContent-Length: 0\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII)));
    Gate gate = new Gate(true);

    Answer answer =
        send(
            gateway(URI.create("https://wechat.invalid"), proxy.url(), LONG),
            MESSAGE,
            token(TOKEN),
            gate);

    assertThat(answer)
        .isEqualTo(
            new Answer.NotWritten(
                "WeChat could not be reached: the proxy 127.0.0.1:"
                    + proxy.port()
                    + " answered HTTP "
                    + statusAndHeader.substring(0, 3)));
    assertThat(gate.asked()).isZero();
    assertThat(proxy.request().line()).isEqualTo("CONNECT wechat.invalid:443 HTTP/1.1");
    assertThat(proxy.request().head()).doesNotContain(TOKEN);
  }

  @Test
  void proxy_connects_onlyTlsFollowsAndTheGateStaysShutUntilItStands() throws Exception {
    AtomicInteger firstByte = new AtomicInteger();
    RawHttpServer proxy =
        start(
            connection -> {
              connection.read();
              connection.write(
                  "HTTP/1.1 200 Connection established\r\n\r\n"
                      .getBytes(StandardCharsets.US_ASCII));
              firstByte.set(connection.readByte());
              connection.write("this is not TLS".getBytes(StandardCharsets.US_ASCII));
              return false;
            });
    Gate gate = new Gate(true);

    Answer answer =
        send(
            gateway(URI.create("https://wechat.invalid"), proxy.url(), LONG),
            MESSAGE,
            token(TOKEN),
            gate);

    assertThat(answer).isInstanceOf(Answer.NotWritten.class);
    assertThat(gate.asked()).isZero();
    assertThat(firstByte).as("a TLS handshake").hasValue(0x16);
  }

  @Test
  void proxy_silent_isNotWritten() throws Exception {
    RawHttpServer proxy = start(RawHttpServer.silence());
    Gate gate = new Gate(true);

    Answer answer =
        send(
            gateway(URI.create("https://wechat.invalid"), proxy.url(), SHORT),
            MESSAGE,
            token(TOKEN),
            gate);

    assertThat(answer).isInstanceOf(Answer.NotWritten.class);
    assertThat(gate.asked()).isZero();
  }

  @Test
  void tls_targetThatSpeaksNone_isNotWritten() throws Exception {
    RawHttpServer server =
        start(
            connection -> {
              connection.readByte();
              connection.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.UTF_8));
              return false;
            });
    Gate gate = new Gate(true);

    Answer answer =
        send(
            gateway(URI.create("https://127.0.0.1:" + server.port()), null, LONG),
            MESSAGE,
            token(TOKEN),
            gate);

    assertThat(answer).isInstanceOf(Answer.NotWritten.class);
    assertThat(gate.asked()).isZero();
  }

  // Help.

  private RawHttpServer start(RawHttpServer.Turn first, RawHttpServer.Turn... more)
      throws IOException {
    RawHttpServer server = RawHttpServer.start(first, more);
    toClose.add(server);
    return server;
  }

  private WeChatMessageGateway gateway(RawHttpServer server) {
    return gateway(server.url(), null, LONG);
  }

  private WeChatMessageGateway gateway(URI url, @Nullable URI proxy, Duration requestTimeout) {
    return gateway(url, proxy, requestTimeout, new TestLoops(2));
  }

  private WeChatMessageGateway gateway(
      URI url, @Nullable URI proxy, Duration requestTimeout, TestLoops loops) {
    WeChatHttpClient http =
        new WeChatHttpClient(
            new WeChatHttpClient.Settings(
                url,
                proxy == null ? null : new EgressProxy(proxy.getHost(), proxy.getPort(), null),
                LONG,
                requestTimeout,
                CONNECTIONS,
                LONG),
            loops.group());
    toClose.add(http);
    toClose.add(loops);
    return new WeChatMessageGateway(TestRoutes.by(http));
  }

  private Answer send(RawHttpServer server) throws Exception {
    Gate gate = new Gate(true);
    return send(gateway(server), MESSAGE, token(TOKEN), gate);
  }

  private Answer sendWithin(Duration limit, RawHttpServer server) throws Exception {
    return send(gateway(server.url(), null, limit), MESSAGE, token(TOKEN), new Gate(true));
  }

  /** Sends, and checks what holds for every send. */
  private static Answer send(
      WeChatMessageGateway gateway, SubscribeMessage message, AccessToken token, Gate gate)
      throws Exception {
    Answer answer = gateway.send(message, token, gate).toCompletableFuture().get();
    assertThat(gate.asked()).isLessThanOrEqualTo(1);
    assertThat(answer instanceof Answer.NotWritten).isEqualTo(!gate.passed());
    return answer;
  }

  private static SubscribeMessage message(String page, Map<String, String> data) {
    return new SubscribeMessage(
        "openid-1", "template-1", page, data, MiniProgramState.FORMAL, Language.ZH_CN);
  }

  private static AccessToken token(String value) {
    Instant now = Instant.parse("2026-11-24T00:00:00Z");
    return TestTokens.token(value, now, now.plusSeconds(7200));
  }

  private static String error(int code, String errmsg) {
    return "{\"errcode\":" + code + ",\"errmsg\":\"" + errmsg + "\"}";
  }

  private static Answer rejected(
      Rejected.@Nullable Reason reason, int errcode, String errmsg, String rid) {
    if (reason == null) {
      throw new AssertionError("a rejection has a reason");
    }
    return new Answer.Rejected(reason, new WeChatError(errcode, errmsg, rid), List.of());
  }

  /** Counts how often it was asked. */
  private static final class Gate implements WriteGate {
    private final boolean open;
    private final AtomicInteger asked = new AtomicInteger();

    Gate(boolean open) {
      this.open = open;
    }

    @Override
    public boolean tryPass() {
      asked.incrementAndGet();
      return open;
    }

    int asked() {
      return asked.get();
    }

    boolean passed() {
      return open && asked.get() > 0;
    }
  }
}
