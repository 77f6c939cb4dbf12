package dev.wxnotify.server.wechat;

import static dev.wxnotify.server.wechat.Http.answer;
import static dev.wxnotify.server.wechat.Http.bytes;
import static dev.wxnotify.server.wechat.Http.head;
import static dev.wxnotify.server.wechat.Http.join;
import static dev.wxnotify.server.wechat.Oddity.clear;
import static dev.wxnotify.server.wechat.Oddity.doubtful;
import static dev.wxnotify.server.wechat.Oddity.unclear;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.message.Language;
import dev.wxnotify.server.message.MiniProgramState;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.TestTokens;
import dev.wxnotify.server.wechat.Ask.Heard;
import dev.wxnotify.server.wechat.Ask.Kind;
import dev.wxnotify.server.wechat.Ask.Outcome;
import dev.wxnotify.server.wechat.WeChatClientFixture.Options;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Unrequested bytes: after an answer, or before any request.
 *
 * <p>One case is left out, since HTTP/1.1 cannot detect it: a perfect second answer that arrives
 * after the next request was written on that connection. Nothing in it shows that it is not the
 * answer to that request. Everything else can be detected: bytes that arrive together with an
 * answer or without a pending request, and bytes that are not a complete answer.
 */
class SurplusBytesTest {
  /** Would be accepted as the answer to a message and to a token call. */
  static final byte[] FOREIGN_BODY =
      bytes(
          "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":666,"
              + "\"access_token\":\"token-of-somebody\",\"expires_in\":7200}");

  private static final byte[] FOREIGN = answer(FOREIGN_BODY);
  private static final int HALF = FOREIGN.length / 2;

  /** Not a complete answer, alone or followed by an honest answer. */
  private static Map<String, byte[]> imperfect() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("one byte", bytes("x"));
    all.put("a zero byte", bytes("\0"));
    all.put("a body without a head", FOREIGN_BODY);
    all.put("the last chunk", bytes("0\r\n\r\n"));
    all.put("a chunk", Http.chunk(FOREIGN_BODY));
    all.put("the start of HTTP/2", bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    all.put("settings of HTTP/2", bytes("\0\0\0\4\0\0\0\0\0"));
    all.put("an alert of TLS", bytes("\25\3\3\0\2\1\0"));
    all.put("the start of an answer", Arrays.copyOf(FOREIGN, 9));
    all.put("half an answer", Arrays.copyOf(FOREIGN, HALF));
    all.put("an answer without its last byte", Arrays.copyOf(FOREIGN, FOREIGN.length - 1));
    all.put("the second half of an answer", last(FOREIGN, FOREIGN.length - HALF));
    all.put("a head that promises a body", head("200 OK", "Content-Length: 40\r\n"));
    all.put("a head that promises chunks", head("200 OK", "Transfer-Encoding: chunked\r\n"));
    all.put("a page for a browser", bytes("<html><body>502 Bad Gateway</body></html>\r\n"));
    return all;
  }

  /** What a client cannot distinguish from an answer if it arrives at the right time. */
  private static Map<String, byte[]> perfect() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("an answer", FOREIGN);
    all.put("three answers", join(FOREIGN, FOREIGN, FOREIGN));
    all.put("an answer and a half", join(FOREIGN, Arrays.copyOf(FOREIGN, HALF)));
    all.put("a refusal", answer(bytes("{\"errcode\":43101,\"errmsg\":\"user refuse to accept\"}")));
    all.put("an empty answer", answer(new byte[0]));
    all.put("an answer of an error", answer("502 Bad Gateway", "", bytes("bad gateway")));
    all.put(
        "an answer that ends a connection",
        answer("200 OK", "Connection: close\r\n", FOREIGN_BODY));
    all.put("a farewell", bytes("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"));
    all.put("an answer without a length", join(head("200 OK", ""), FOREIGN_BODY));
    all.put(
        "an answer in chunks",
        join(
            head("200 OK", "Transfer-Encoding: chunked\r\n"),
            Http.chunk(FOREIGN_BODY),
            bytes("0\r\n\r\n")));
    return all;
  }

  /** What a reader of answers skips. */
  private static Map<String, byte[]> passedOver() {
    return Map.of(
        "the end of a line", bytes("\r\n"),
        "blanks", bytes("  \r\n\r\n"),
        "an interim answer", bytes("HTTP/1.1 103 Early Hints\r\n\r\n"),
        "a hundred", bytes("HTTP/1.1 100 Continue\r\n\r\n"));
  }

  private static Map<String, byte[]> all() {
    Map<String, byte[]> all = new LinkedHashMap<>(imperfect());
    all.putAll(perfect());
    all.putAll(passedOver());
    return all;
  }

  private static byte[] last(byte[] bytes, int length) {
    return Arrays.copyOfRange(bytes, bytes.length - length, bytes.length);
  }

  // Together with an answer.

  static Stream<Arguments> togetherWithAnAnswer() {
    List<Oddity> odd = new ArrayList<>();
    all()
        .forEach(
            (name, surplus) -> {
              odd.add(
                  clear(
                      name + ", in the same segment",
                      line -> line.say(join(answer(line.body()), surplus))));
              odd.add(
                  clear(
                      name + ", in the same segment, after chunks",
                      line ->
                          line.say(
                              join(
                                  head("200 OK", "Transfer-Encoding: chunked\r\n"),
                                  Http.chunk(line.body()),
                                  bytes("0\r\n\r\n"),
                                  surplus))));
              odd.add(
                  clear(
                      name + ", in the same segment as the end of the answer",
                      line -> {
                        byte[] answer = answer(line.body());
                        line.say(Arrays.copyOf(answer, answer.length - 20));
                        line.pause();
                        line.say(join(last(answer, 20), surplus));
                      }));
            });
    odd.replaceAll( // An empty line is harmless, and readers of HTTP/1.1 skip it.
        each ->
            each.name().startsWith("the end of a line")
                ? each.perhapsKeepingTheConnection()
                : each);
    odd.add(
        clear(
            "an answer of which the rest comes later",
            line -> {
              line.say(join(answer(line.body()), Arrays.copyOf(FOREIGN, HALF)));
              line.pause();
              line.say(last(FOREIGN, FOREIGN.length - HALF));
            }));
    odd.add(
        clear(
            "one byte, and later an answer",
            line -> line.say(join(answer(line.body()), bytes("x"))).pause().say(FOREIGN)));
    odd.add(
        clear(
            "a body of which the length says less",
            line ->
                line.say(
                    join(
                        head("200 OK", "Content-Length: " + line.body().length + "\r\n"),
                        line.body(),
                        bytes(" \n \n"),
                        FOREIGN))));
    odd.add(
        unclear(
            "a body that is cut by its length",
            line -> {
              byte[] body = line.body();
              line.say(join(head("200 OK", "Content-Length: " + (body.length - 1) + "\r\n"), body));
            }));
    return Attribution.everywhere(odd);
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource
  void togetherWithAnAnswer(Transport transport, Kind kind, Oddity oddity) throws Exception {
    Attribution.check(transport, kind, oddity);
  }

  // After an answer that has no body, or should have none.

  static Stream<Arguments> bodyWhereNoneIs() {
    List<Oddity> odd = new ArrayList<>();
    for (String status : List.of("204 No Content", "304 Not Modified", "205 Reset Content")) {
      odd.add(
          unclear(status + " alone", line -> line.say("HTTP/1.1 " + status + "\r\n\r\n").end()));
      for (String length : List.of("", "Content-Length: " + FOREIGN.length + "\r\n")) {
        String name = status + (length.isEmpty() ? "" : " with a length");
        odd.add(
            doubtful(
                name + " and a body in the same segment",
                line -> line.say(join(head(status, length), line.body())).pause().end()));
        odd.add(
            doubtful(
                name + " and a body apart",
                line -> line.say(head(status, length)).pause().say(line.body()).end()));
        odd.add(
            unclear(
                name + " and an answer as its body",
                line -> line.say(join(head(status, length), FOREIGN)).pause().end()));
        odd.add(
            unclear(
                name + " and an answer as its body, apart and in two",
                line -> {
                  line.say(head(status, length)).pause();
                  line.say(Arrays.copyOf(FOREIGN, HALF)).pause();
                  line.say(last(FOREIGN, FOREIGN.length - HALF)).end();
                }));
      }
    }
    for (String nothing :
        List.of("Content-Length: 0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")) {
      String name = nothing.substring(0, nothing.indexOf(':'));
      String start = "HTTP/1.1 200 OK\r\n" + nothing;
      odd.add(unclear(name + " of nothing", line -> line.say(start)));
      odd.add(
          unclear(
              name + " of nothing, then a body",
              line -> line.say(join(bytes(start), line.body()))));
      odd.add(
          unclear(
              name + " of nothing, then a body apart",
              line -> line.say(start).pause().say(line.body())));
      odd.add(
          unclear(
              name + " of nothing, then an answer", line -> line.say(join(bytes(start), FOREIGN))));
      odd.add(
          unclear(
              name + " of nothing, then an answer apart",
              line -> line.say(start).pause().say(FOREIGN)));
    }
    return Attribution.everywhere(odd);
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource
  void bodyWhereNoneIs(Transport transport, Kind kind, Oddity oddity) throws Exception {
    Attribution.check(transport, kind, oddity);
  }

  // Exactly where one read of the client ends.

  static Stream<Arguments> atTheEndOfARead() {
    List<Oddity> odd = new ArrayList<>();
    for (int length = 256; length <= 32 * 1024; length *= 2) {
      for (Map.Entry<String, byte[]> surplus : imperfect().entrySet()) {
        odd.add(afterAnAnswerOf(length, surplus.getKey(), surplus.getValue()));
      }
    }
    return Attribution.everywhere(odd);
  }

  private static Oddity afterAnAnswerOf(int length, String name, byte[] surplus) {
    return clear(
        name + " after an answer of " + length + " bytes",
        line -> {
          String head = "HTTP/1.1 200 OK\r\nContent-Length: ";
          int digits = length <= 1_024 ? 3 : length <= 8_192 ? 4 : 5;
          int room = length - head.length() - digits - "\r\n\r\n".length();
          byte[] body = line.body();
          line.say(
              join(
                  bytes(head + room + "\r\n\r\n"),
                  body,
                  bytes(" ".repeat(room - body.length)),
                  surplus));
        });
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource
  void atTheEndOfARead(Transport transport, Kind kind, Oddity oddity) throws Exception {
    Attribution.check(transport, kind, oddity);
  }

  // Without a pending request.

  static Stream<Arguments> whileIdle() {
    return WeChatClientFixture.transports()
        .flatMap(
            transport ->
                all().entrySet().stream()
                    .map(each -> Arguments.of(transport, each.getKey(), each.getValue())));
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("whileIdle")
  void surplus_whileIdle_closesTheConnection(Transport transport, String name, byte[] surplus)
      throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start();
        WeChatClientFixture client =
            WeChatClientFixture.open(Options.of(transport, upstream.url()))) {
      Ask first = Ask.accepted("a", 1);
      List<Outcome> outcomes = new ArrayList<>(Attribution.inTurn(List.of(first), client));
      upstream.lineOf(first).say(surplus);
      Attribution.assertClosedAfter(upstream, first);

      outcomes.addAll(Attribution.inTurn(Attribution.others(), client));

      Attribution.assertAllHeard(outcomes);
      Attribution.assertRequestsAreRight(upstream, outcomes);
      assertThat(upstream.connections()).isEqualTo(2);
    }
  }

  /** A gate that refuses keeps its connection, on which no request was ever written. */
  @ConcurrentCases
  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("whileIdle")
  void surplus_beforeAnyRequest_closesTheConnection(
      Transport transport, String name, byte[] surplus) throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start();
        WeChatClientFixture client =
            WeChatClientFixture.open(Options.of(transport, upstream.url()))) {
      Answer refused = Await.result(refusedByItsGate(client));
      Await.until("the connection", () -> upstream.connections() == 1);
      upstream.line(1).say(surplus);
      assertThat(upstream.line(1).awaitLeft(Await.LONGEST)).isTrue();

      List<Outcome> outcomes = Attribution.inTurn(Attribution.others(), client);

      assertThat(refused).isInstanceOf(Answer.NotWritten.class);
      Attribution.assertAllHeard(outcomes);
      Attribution.assertRequestsAreRight(upstream, outcomes);
    }
  }

  private static CompletionStage<Answer> refusedByItsGate(WeChatClientFixture client) {
    Instant now = Instant.parse("2026-11-24T00:00:00Z");
    return client
        .gateway()
        .send(
            new SubscribeMessage(
                "a.ok.99",
                "template-1",
                "",
                Map.of("thing1", "x"),
                MiniProgramState.FORMAL,
                Language.ZH_CN),
            TestTokens.token("token-of-a", now, now.plusSeconds(7200)),
            () -> false);
  }

  // While the next request is in flight.

  static Stream<Arguments> inARace() {
    Map<String, byte[]> surplus = new LinkedHashMap<>(imperfect());
    surplus.putAll(passedOver());
    return WeChatClientFixture.transports()
        .flatMap(
            transport ->
                surplus.entrySet().stream()
                    .map(each -> Arguments.of(transport, each.getKey(), each.getValue())));
  }

  /** The next request may have been written or not when the surplus is read. */
  @ConcurrentCases
  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("inARace")
  void surplus_whenTheNextIsAsked_isNobodysAnswer(Transport transport, String name, byte[] surplus)
      throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start();
        WeChatClientFixture client =
            WeChatClientFixture.open(
                Options.of(transport, upstream.url()).within(Duration.ofMillis(300)))) {
      List<Outcome> outcomes = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        Ask first = Ask.accepted("a", 3 * i);
        upstream.on(first, line -> line.answerAsTextbook().say(surplus));

        outcomes.addAll(
            Attribution.inTurn(
                List.of(first, Ask.refused("b", 43101, 3 * i + 1), Ask.accepted("b", 3 * i + 2)),
                client));
      }

      Attribution.assertAllTruthful(outcomes);
      Attribution.assertRequestsAreRight(upstream, outcomes);
    }
  }

  // A server that sends first.

  @ConcurrentCases
  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("inARace")
  void surplus_onANewConnection_isNobodysAnswer(Transport transport, String name, byte[] surplus)
      throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start();
        WeChatClientFixture client =
            WeChatClientFixture.open(
                Options.of(transport, upstream.url()).within(Duration.ofMillis(300)))) {
      upstream.onNewConnection(
          line -> {
            if (line.number() == 1) {
              line.say(surplus);
            }
          });

      List<Outcome> outcomes =
          new ArrayList<>(Attribution.inTurn(List.of(Ask.accepted("a", 1)), client));
      outcomes.addAll(Attribution.inTurn(Attribution.others(), client));

      Attribution.assertAllTruthful(outcomes);
      Attribution.assertRequestsAreRight(upstream, outcomes);
    }
  }

  @ConcurrentCases
  @ParameterizedTest
  @MethodSource("transports")
  void farewell_onANewConnection_isNobodysAnswer(Transport transport) throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start();
        WeChatClientFixture client =
            WeChatClientFixture.open(Options.of(transport, upstream.url()))) {
      upstream.onNewConnection(
          line -> {
            if (line.number() == 1) {
              line.say("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
            }
          });

      List<Outcome> outcomes = Attribution.inTurn(Attribution.others(), client);

      assertThat(outcomes.get(0).heard()).isNotEqualTo(Heard.FALSE);
      Attribution.assertAllHeard(outcomes.subList(1, outcomes.size()));
      Attribution.assertRequestsAreRight(upstream, outcomes);
    }
  }

  static Stream<Transport> transports() {
    return WeChatClientFixture.transports();
  }
}
