package dev.wxnotify.server.wechat;

import static dev.wxnotify.server.wechat.Http.answer;
import static dev.wxnotify.server.wechat.Http.bytes;
import static dev.wxnotify.server.wechat.Http.head;
import static dev.wxnotify.server.wechat.Http.join;
import static dev.wxnotify.server.wechat.Oddity.unclear;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.wechat.Ask.Heard;
import dev.wxnotify.server.wechat.Ask.Kind;
import dev.wxnotify.server.wechat.Ask.Outcome;
import dev.wxnotify.server.wechat.ScriptedUpstream.Trick;
import dev.wxnotify.server.wechat.WeChatClientFixture.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections that end, and answers that arrive too late or too early. */
class ConnectionEndsTest {
  private static final Duration SHORT = Duration.ofMillis(400);

  /** More than the buffers of both sides hold. */
  private static final int LARGE = 16 << 20;

  // In the middle of an exchange.

  static Stream<Arguments> inTheMiddle() {
    List<Oddity> odd = new ArrayList<>();
    odd.add(unclear("the end instead of an answer", ScriptedUpstream.Line::end));
    odd.add(unclear("a reset instead of an answer", ScriptedUpstream.Line::reset));
    for (int part : new int[] {1, 8, 17, 40, 80, 95, 110}) {
      odd.add(
          unclear(
              "the end after " + part + " bytes",
              line -> line.say(Arrays.copyOf(answer(line.body()), part)).end()));
      odd.add(
          unclear(
              "a reset after " + part + " bytes",
              line -> {
                line.say(Arrays.copyOf(answer(line.body()), part)).pause();
                line.reset();
              }));
    }
    odd.add(
        unclear(
            "the end before the last byte",
            line ->
                line.say(Arrays.copyOf(answer(line.body()), answer(line.body()).length - 1))
                    .end()));
    odd.add(unclear("silence", line -> {}).untilTheTimeout());
    odd.add(
        unclear(
                "silence after half of the answer",
                line -> line.say(Arrays.copyOf(answer(line.body()), 90)))
            .untilTheTimeout());
    return Attribution.everywhere(odd);
  }

  @ConcurrentCases
  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource
  void inTheMiddle(Transport transport, Kind kind, Oddity oddity) throws Exception {
    Attribution.check(transport, kind, oddity);
  }

  // Before anything was read.

  @ConcurrentCases
  @ParameterizedTest
  @MethodSource("transports")
  void connection_resetAtOnce_neverMakesARequestGoOutTwice(Transport transport) throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start();
        WeChatClientFixture client =
            WeChatClientFixture.open(Options.of(transport, upstream.url()))) {
      upstream.onNewConnection(
          line -> {
            if (line.number() % 2 == 1) {
              line.reset();
            }
          });

      List<Outcome> outcomes = Attribution.inTurn(Attribution.others(), client);

      Attribution.assertAllTruthful(outcomes);
      Attribution.assertNoneTimedOut(outcomes);
      Attribution.assertRequestsAreRight(upstream, outcomes);
      assertThat(outcomes.get(0).heard()).isNotEqualTo(Heard.ITS_OWN);
    }
  }

  // After an answer.

  static Stream<Arguments> afterAnAnswer() {
    Map<String, Trick> ends = new LinkedHashMap<>();
    ends.put("the end", line -> line.answerAsTextbook().end());
    ends.put("the end, a little later", line -> line.answerAsTextbook().pause().end());
    ends.put("a reset", line -> line.answerAsTextbook().reset());
    ends.put("a reset, a little later", line -> line.answerAsTextbook().pause().reset());
    return WeChatClientFixture.transports()
        .flatMap(
            transport ->
                ends.entrySet().stream()
                    .map(each -> Arguments.of(transport, each.getKey(), each.getValue())));
  }

  /** The next request may already be in flight, or is written on another connection. */
  @ConcurrentCases
  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource
  void afterAnAnswer(Transport transport, String name, Trick end) throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start();
        WeChatClientFixture client =
            WeChatClientFixture.open(Options.of(transport, upstream.url()))) {
      List<Outcome> outcomes = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Ask first = Ask.accepted("a", 2 * i);
        upstream.on(first, end);
        outcomes.addAll(
            Attribution.inTurn(List.of(first, Ask.refused("b", 43101, 2 * i + 1)), client));
      }

      Attribution.assertAllTruthful(outcomes);
      Attribution.assertNoneTimedOut(outcomes);
      Attribution.assertRequestsAreRight(upstream, outcomes);
    }
  }

  @ConcurrentCases
  @ParameterizedTest
  @MethodSource("transports")
  void connection_thatEndsWhileIdle_isReplaced(Transport transport) throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start();
        WeChatClientFixture client =
            WeChatClientFixture.open(Options.of(transport, upstream.url()))) {
      List<Outcome> outcomes = new ArrayList<>();
      for (Ask each : Attribution.others()) {
        outcomes.add(Await.result(each.begin(client)));
        ScriptedUpstream.Line line = upstream.lineOf(each);
        line.end();
        assertThat(line.awaitLeft(Await.LONGEST)).isTrue();
      }

      Attribution.assertAllHeard(outcomes);
      Attribution.assertRequestsAreRight(upstream, outcomes);
      assertThat(upstream.connections()).isEqualTo(outcomes.size());
    }
  }

  // Too late.

  @ConcurrentCases
  @ParameterizedTest
  @MethodSource("transports")
  void answer_whenTheExchangeHasTimedOut_isNobodys(Transport transport) throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start();
        WeChatClientFixture client =
            WeChatClientFixture.open(Options.of(transport, upstream.url()).within(SHORT))) {
      List<Outcome> outcomes = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Ask late = Ask.accepted("a", 10 * i);
        upstream.on(late, ScriptedUpstream.Line::readOn);
        outcomes.add(Await.result(late.begin(client)));
        assertThat(outcomes.get(outcomes.size() - 1).heard()).isNotEqualTo(Heard.ITS_OWN);
        if (outcomes.get(outcomes.size() - 1).heard() == Heard.NOT_WRITTEN) {
          continue; // The machine is that busy.
        }
        Await.until(
            "the upstream has read what was written",
            () -> upstream.served().stream().anyMatch(each -> each.key().equals(late.key())));
        sayUnlessGone(upstream.lineOf(late));

        outcomes.add(Await.result(Ask.refused("b", 43101, 10 * i + 1).begin(client)));
        outcomes.add(Await.result(Ask.accepted("b", 10 * i + 2).begin(client)));

        Attribution.assertClosedAfter(upstream, late);
      }

      Attribution.assertAllTruthful(outcomes);
      Attribution.assertRequestsAreRight(upstream, outcomes);
    }
  }

  private static void sayUnlessGone(ScriptedUpstream.Line line) {
    try {
      line.say(answer(line.body()));
    } catch (IOException e) {
      // The client has closed the connection, as it should.
    }
  }

  // Too early.

  static Stream<Arguments> tooEarly() {
    Map<String, Trick> early = new LinkedHashMap<>();
    early.put("an answer", line -> line.say(answer(line.body())));
    early.put(
        "an answer that closes",
        line -> line.say(answer("200 OK", "Connection: close\r\n", line.body())));
    early.put(
        "a refusal",
        line -> line.say(answer("413 Content Too Large", "Connection: close\r\n", new byte[0])));
    early.put("an answer and the end", line -> line.say(answer(line.body())).end());
    early.put("an answer and a reset", line -> line.say(answer(line.body())).pause().reset());
    early.put(
        "an interim answer",
        line -> line.say("HTTP/1.1 100 Continue\r\n\r\n").pause().answerAsTextbook());
    early.put(
        "another interim answer",
        line -> line.say("HTTP/1.1 103 Early Hints\r\n\r\n").pause().answerAsTextbook());
    early.put(
        "half an answer",
        line -> {
          byte[] answer = answer(line.body());
          line.say(Arrays.copyOf(answer, 60)).pause().readOn();
          line.say(Arrays.copyOfRange(answer, 60, answer.length));
        });
    early.put(
        "an answer, and another at the end of the request",
        line -> line.say(answer(line.body())).pause().readOn().say(SURPLUS));
    return WeChatClientFixture.transports()
        .flatMap(
            transport ->
                early.entrySet().stream()
                    .map(each -> Arguments.of(transport, each.getKey(), each.getValue())));
  }

  private static final byte[] SURPLUS = join(head("200 OK", "Content-Length: 2\r\n"), bytes("{}"));

  /** The request is larger than what is sent while the peer does not read. */
  @ConcurrentCases
  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource
  void tooEarly(Transport transport, String name, Trick early) throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start();
        WeChatClientFixture client =
            WeChatClientFixture.open(Options.of(transport, upstream.url()))) {
      Ask large = Ask.accepted("a", 1).filledWith(LARGE);
      upstream.on(
          large,
          line -> {
            early.play(line.pause());
            line.awaitLeft(SHORT); // And continues to read only then.
          });

      List<Ask> asks = new ArrayList<>(List.of(large));
      asks.addAll(Attribution.others());
      List<Outcome> outcomes = Attribution.inTurn(asks, client);

      Attribution.assertAllTruthful(outcomes);
      Attribution.assertNoneTimedOut(outcomes);
      Attribution.assertAllHeard(outcomes.subList(1, outcomes.size()));
      Attribution.assertRequestsAreRight(upstream, outcomes);
      if (!name.contains("interim") && !name.contains("half")) {
        Attribution.assertClosedAfter(upstream, large);
      }
    }
  }

  static Stream<Transport> transports() {
    return WeChatClientFixture.transports();
  }
}
