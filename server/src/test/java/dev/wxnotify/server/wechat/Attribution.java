package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.wechat.Ask.Heard;
import dev.wxnotify.server.wechat.Ask.Kind;
import dev.wxnotify.server.wechat.Ask.Outcome;
import dev.wxnotify.server.wechat.ScriptedUpstream.Served;
import dev.wxnotify.server.wechat.WeChatClientFixture.Options;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * What must hold whatever an upstream does: each request gets its own answer or, truthfully, none,
 * and is sent at most once.
 */
final class Attribution {
  private static final Duration SHORT = Duration.ofMillis(500);

  /** A limit below this one is doubled if the machine is too busy to connect within it. */
  private static final Duration LONG_ENOUGH = WeChatClientFixture.LONG.dividedBy(2);

  private static final Set<Heard> TRUTHFUL =
      EnumSet.of(Heard.ITS_OWN, Heard.NOTHING, Heard.NOT_WRITTEN);

  private Attribution() {}

  /** Returns each oddity with each transport and each kind of request. */
  static Stream<Arguments> everywhere(List<Oddity> oddities) {
    return WeChatClientFixture.transports()
        .flatMap(
            transport ->
                Stream.of(Kind.values())
                    .flatMap(
                        kind -> oddities.stream().map(odd -> Arguments.of(transport, kind, odd))));
  }

  /**
   * Sends one request with an odd answer, and then others, of several apps and kinds. Each begins
   * as soon as the one before it has its answer, on the thread that delivers it, so that a
   * connection that is reused too early is reused immediately.
   */
  static void check(Transport transport, Kind kind, Oddity oddity) throws Exception {
    Duration limit = oddity.timesOut() ? SHORT : WeChatClientFixture.LONG;
    while (!isCheckedWithin(limit, transport, kind, oddity)) {
      limit = limit.multipliedBy(2);
    }
  }

  /** Returns false if the odd answer could not come, since its request was not written in time. */
  private static boolean isCheckedWithin(
      Duration limit, Transport transport, Kind kind, Oddity oddity) throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start();
        WeChatClientFixture client =
            WeChatClientFixture.open(Options.of(transport, upstream.url()).within(limit))) {
      List<Outcome> outcomes = send(upstream, client, kind, oddity);
      if (limit.compareTo(LONG_ENOUGH) < 0
          && outcomes.get(0).text().contains("no connection in time")) {
        assertAllTruthful(outcomes);
        assertRequestsAreRight(upstream, outcomes);
        // Not checked above for token calls: they hear NOTHING, written or not.
        String key = outcomes.get(0).ask().key();
        assertThat(upstream.served()).extracting(Served::key).doesNotContain(key);
        return false;
      }
      judge(upstream, outcomes, kind, oddity);
      return true;
    }
  }

  /** Does the same with an existing client and upstream. */
  static void check(ScriptedUpstream upstream, WeChatClientFixture client, Kind kind, Oddity oddity)
      throws Exception {
    judge(upstream, send(upstream, client, kind, oddity), kind, oddity);
  }

  /** Returns the outcomes, that of the odd answer first. */
  private static List<Outcome> send(
      ScriptedUpstream upstream, WeChatClientFixture client, Kind kind, Oddity oddity)
      throws Exception {
    if (kind == Kind.MESSAGE) { // So that the odd answer also arrives on a used connection.
      Outcome usual = Await.result(Ask.accepted("a", 1).begin(client));
      assertThat(usual.heard()).isIn(oddity.timesOut() ? TRUTHFUL : Set.of(Heard.ITS_OWN));
    }
    Ask first = Ask.of(kind, "a", 2);
    upstream.on(first, oddity.trick());

    List<Ask> asks = new ArrayList<>(List.of(first));
    asks.addAll(others());
    return inTurn(asks, client);
  }

  private static void judge(
      ScriptedUpstream upstream, List<Outcome> outcomes, Kind kind, Oddity oddity)
      throws Exception {
    Set<Heard> expected = kind == Kind.MESSAGE ? oddity.heard() : oddity.heardByToken();
    assertThat(outcomes).allSatisfy(each -> assertThat(each.heard()).isIn(TRUTHFUL));
    assertThat(outcomes.get(0).heard()).as(outcomes.get(0).toString()).isIn(expected);
    if (!oddity.timesOut()) { // Otherwise the others might end by the timeout, which is short.
      assertAllHeard(outcomes.subList(1, outcomes.size()));
      assertNoneTimedOut(outcomes);
    }
    assertRequestsAreRight(upstream, outcomes);
    assertConnectionIsRight(upstream, outcomes.get(0).ask(), oddity.connection());
  }

  /** Returns different requests of different apps, with different answers. */
  static List<Ask> others() {
    return List.of(
        Ask.refused("b", 43101, 3),
        Ask.accepted("a", 4),
        Ask.token(Kind.STABLE_TOKEN, "c"),
        Ask.refused("a", 40003, 5),
        Ask.token(Kind.CLASSIC_TOKEN, "d"),
        Ask.accepted("b", 6));
  }

  /** Sends them one after another, each on the thread that received the previous answer. */
  static List<Outcome> inTurn(List<Ask> asks, WeChatClientFixture client) throws Exception {
    List<Outcome> outcomes = new ArrayList<>();
    CompletionStage<Outcome> last = asks.get(0).begin(client);
    for (Ask next : asks.subList(1, asks.size())) {
      last =
          last.thenCompose(
              outcome -> {
                outcomes.add(outcome);
                return next.begin(client);
              });
    }
    CompletableFuture<Outcome> end = last.toCompletableFuture();
    outcomes.add(Await.result(end));
    return outcomes;
  }

  static void assertAllHeard(List<Outcome> outcomes) {
    assertThat(outcomes).allSatisfy(each -> assertThat(each.heard()).isEqualTo(Heard.ITS_OWN));
  }

  static void assertAllTruthful(List<Outcome> outcomes) {
    assertThat(outcomes).allSatisfy(each -> assertThat(each.heard()).isIn(TRUTHFUL));
  }

  /** Whatever the peer did was seen when it happened, and not at the end of the exchange's time. */
  static void assertNoneTimedOut(List<Outcome> outcomes) {
    assertThat(outcomes).allSatisfy(each -> assertThat(each.text()).doesNotContain(" in time"));
  }

  /** Each request was sent once, or not at all if its outcome says so. */
  static void assertRequestsAreRight(ScriptedUpstream upstream, List<Outcome> outcomes) {
    assertThat(upstream.complaints()).isEmpty();
    List<String> keys = upstream.served().stream().map(Served::key).toList();
    assertThat(keys).doesNotHaveDuplicates();
    for (Outcome each : outcomes) {
      if (each.heard() == Heard.NOT_WRITTEN) {
        assertThat(keys).doesNotContain(each.ask().key());
      } else if (each.heard() == Heard.ITS_OWN) {
        assertThat(keys).contains(each.ask().key());
      }
    }
  }

  private static void assertConnectionIsRight(
      ScriptedUpstream upstream, Ask first, Oddity.After expected) throws Exception {
    switch (expected) {
      case STAYS -> assertThat(upstream.connections()).isEqualTo(1);
      case MAY_STAY -> {
        // Nothing to check.
      }
      case CLOSES -> assertClosedAfter(upstream, first);
    }
  }

  /** No request followed on this connection, and the client has closed it. */
  static void assertClosedAfter(ScriptedUpstream upstream, Ask last) throws Exception {
    // A client whose time is over does not wait until the upstream has read what was written.
    Await.until(
        () -> last.key() + " was read",
        () -> upstream.served().stream().anyMatch(each -> each.key().equals(last.key())));
    ScriptedUpstream.Line line = upstream.lineOf(last);
    assertThat(upstream.served().stream().filter(each -> each.connection() == line.number()))
        .as("requests on that connection")
        .last()
        .extracting(Served::key)
        .isEqualTo(last.key());
    assertThat(line.awaitLeft(Await.LONGEST)).as("the client closed the connection").isTrue();
  }
}
