package dev.wxnotify.server.wechat;

import static dev.wxnotify.server.wechat.Http.answer;
import static dev.wxnotify.server.wechat.Http.bytes;
import static dev.wxnotify.server.wechat.Http.join;
import static dev.wxnotify.server.wechat.Oddity.clear;
import static dev.wxnotify.server.wechat.Oddity.doubtful;
import static dev.wxnotify.server.wechat.Oddity.unclear;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.wechat.Ask.Kind;
import dev.wxnotify.server.wechat.WeChatClientFixture.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Interim answers before the final one: 1xx (RFC 9110, 15.2). A client that mistakes one for the
 * final answer assigns the final answer to the next message, which may belong to another app.
 */
class InterimAnswersTest {
  private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
  private static final String PROCESSING = "HTTP/1.1 102 Processing\r\n\r\n";
  private static final String HINTS =
      "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nLink: </b.js>\r\n\r\n";
  private static final String SWITCH =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket"
          + "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
  private static final String SWITCH_BARE = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
  private static final String SWITCH_TO_HTTP_2 =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";

  /** That are read past before one answer. */
  private static final int MOST = 16;

  static Stream<Arguments> interim() {
    List<Oddity> all = new ArrayList<>();
    for (String code : List.of("100", "102", "103", "104", "199")) {
      String interim =
          switch (code) {
            case "100" -> CONTINUE;
            case "102" -> PROCESSING;
            case "103" -> HINTS;
            default -> "HTTP/1.1 " + code + " Whatever\r\n\r\n";
          };
      for (Oddity each : around(code, interim)) {
        all.add(code.equals("100") ? each.perhapsKeepingTheConnection() : each);
      }
      all.add(unclear(code + " and then the end", line -> line.say(interim).end()));
      all.add(
          unclear(
              code + " and then a reset",
              line -> {
                line.say(interim).pause();
                line.reset();
              }));
      all.add(
          unclear(
              code + " and half of the answer", line -> line.say(interim + "HTTP/1.1 2").end()));
    }
    all.add(
        clear(
            "100, 102 and 103, each apart",
            line ->
                line.say(CONTINUE)
                    .pause()
                    .say(PROCESSING)
                    .pause()
                    .say(HINTS)
                    .pause()
                    .answerAsTextbook()));
    all.add(
        clear(
            "sixteen of 102",
            line -> line.say(PROCESSING.repeat(MOST)).pause().answerAsTextbook()));
    all.add(
        unclear(
            "seventeen of 102",
            line -> line.say(PROCESSING.repeat(MOST + 1)).pause().answerAsTextbook()));
    all.add(
        unclear(
            "five hundred of 102", line -> line.say(PROCESSING.repeat(500)).answerAsTextbook()));
    all.add(
        doubtful(
            "103 with a length that means nothing",
            line ->
                line.say("HTTP/1.1 103 Early Hints\r\nContent-Length: 30\r\n\r\n")
                    .pause()
                    .answerAsTextbook()));
    all.add(
        doubtful(
            "103 with chunks that mean nothing",
            line ->
                line.say("HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n")
                    .pause()
                    .answerAsTextbook()));
    all.add(
        doubtful(
            "103 with a body, which it must not have",
            line -> {
              byte[] body = FOREIGN;
              line.say(answer("103 Early Hints", "", body)).answerAsTextbook();
            }));
    all.add(
        doubtful(
            "103 of HTTP/1.0",
            line -> line.say("HTTP/1.0 103 Early Hints\r\n\r\n").pause().answerAsTextbook()));
    all.add(
        clear(
            "103, then an answer that closes",
            line ->
                line.say(HINTS)
                    .pause()
                    .say(answer("200 OK", "Connection: close\r\n", line.body()))));
    all.add(
        clear(
            "103, then an answer in chunks",
            line ->
                line.say(HINTS)
                    .say(Http.head("200 OK", "Transfer-Encoding: chunked\r\n"))
                    .pause()
                    .say(join(Http.chunk(line.body()), bytes("0\r\n\r\n")))));
    all.add(
        clear(
            "103, the answer and another 103 in the same segment",
            line -> line.say(join(bytes(HINTS), answer(line.body()), bytes(HINTS)))));
    return Attribution.everywhere(all);
  }

  private static final byte[] FOREIGN = SurplusBytesTest.FOREIGN_BODY;

  private static List<Oddity> around(String code, String interim) {
    return List.of(
        clear(
            code + " in the same segment",
            line -> line.say(join(bytes(interim), answer(line.body())))),
        clear(
            code + " four times in the same segment",
            line -> line.say(join(bytes(interim.repeat(4)), answer(line.body())))),
        clear(code + " at once before the answer", line -> line.say(interim).answerAsTextbook()),
        clear(
            code + " long before the answer",
            line -> line.say(interim).pause().pause().pause().answerAsTextbook()),
        clear(
            code + " byte by byte", line -> line.spell(join(bytes(interim), answer(line.body())))),
        clear(
            code + " cut inside, and the rest with the answer",
            line ->
                line.say(interim.substring(0, interim.length() - 3))
                    .pause()
                    .say(
                        join(
                            bytes(interim.substring(interim.length() - 3)), answer(line.body())))));
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource
  void interim(Transport transport, Kind kind, Oddity oddity) throws Exception {
    Attribution.check(transport, kind, oddity);
  }

  static Stream<Arguments> switching() {
    List<Oddity> all = new ArrayList<>();
    for (String each : List.of(SWITCH, SWITCH_BARE, SWITCH_TO_HTTP_2)) {
      String name = "101 " + List.of(SWITCH, SWITCH_BARE, SWITCH_TO_HTTP_2).indexOf(each);
      all.add(unclear(name + " alone", line -> line.say(each)));
      all.add(
          unclear(
              name + " and an answer in the same segment",
              line -> line.say(join(bytes(each), answer(line.body())))));
      all.add(
          unclear(
              name + " and an answer apart", line -> line.say(each).pause().answerAsTextbook()));
    }
    all.add(
        unclear(
            "103, then 101, then an answer",
            line -> line.say(join(bytes(HINTS), bytes(SWITCH), answer(line.body())))));
    return Attribution.everywhere(all);
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource
  void switching(Transport transport, Kind kind, Oddity oddity) throws Exception {
    Attribution.check(transport, kind, oddity);
  }

  /** Not when its time is over, as where no answer comes. */
  @ConcurrentCases
  @ParameterizedTest
  @ValueSource(strings = {SWITCH, SWITCH_BARE, SWITCH_TO_HTTP_2})
  void switching_endsTheMessage_andSaysWhy(String head) throws Exception {
    Transport transport = WeChatClientFixture.transports().findFirst().orElseThrow();
    try (ScriptedUpstream upstream = ScriptedUpstream.start();
        WeChatClientFixture client =
            WeChatClientFixture.open(Options.of(transport, upstream.url()))) {
      Ask ask = Ask.accepted("a", 1);
      upstream.on(ask, unclear("101", line -> line.say(head)).trick());

      assertThat(Await.result(ask.begin(client)).text()).contains("HTTP 101");
    }
  }

  static Stream<Arguments> late() {
    return Attribution.everywhere(
        List.of(
            unclear("103 and then silence", line -> line.say(HINTS)).untilTheTimeout(),
            doubtful(
                    "103, and the answer when nobody waits for it any more",
                    line -> {
                      line.say(HINTS).awaitEnd();
                      line.answerAsTextbook();
                    })
                .untilTheTimeout()));
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource
  void late(Transport transport, Kind kind, Oddity oddity) throws Exception {
    Attribution.check(transport, kind, oddity);
  }
}
