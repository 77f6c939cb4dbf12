package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.server.wechat.Ask.Heard;
import dev.wxnotify.server.wechat.Ask.Kind;
import dev.wxnotify.server.wechat.Ask.Outcome;
import dev.wxnotify.server.wechat.ScriptedUpstream.Served;
import dev.wxnotify.server.wechat.WeChatClientFixture.Options;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Thousands of messages and token calls of several apps, over many connections, to an upstream that
 * mixes interim answers, surplus bytes, resets, late and split answers at random. Its answer to a
 * request depends only on the seed and the request.
 *
 * <p>{@code -Dwxnotify.test.hostile.sends=200000} is the long run, {@code
 * -Dwxnotify.test.hostile.seed=N} another one.
 */
class HostileUpstreamTest {
  private static final int SENDS = Integer.getInteger("wxnotify.test.hostile.sends", 4_000);
  private static final long SEED = Long.getLong("wxnotify.test.hostile.seed", 20_261_128L);

  /** The number of requests in flight at any time, of each of the two apps and both kinds. */
  private static final int LANES = 48;

  private static final int CONNECTIONS = 64;
  private static final int THREADS = 2;
  private static final Duration TIMEOUT = Duration.ofMillis(800);

  /**
   * The minimum share of requests with an answer, so that a client without answers cannot pass: the
   * upstream answers more than four fifths clearly, and late surplus may end the next exchange of a
   * connection.
   */
  private static final double LEAST_HEARD = 0.6;

  static Stream<Transport> transports() {
    return WeChatClientFixture.transports();
  }

  @ParameterizedTest
  @MethodSource("transports")
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void everyAnswer_whateverTheUpstreamDoes_isThatToTheVeryQuestion(Transport transport)
      throws Exception {
    System.out.println("hostile upstream: seed " + SEED + ", " + SENDS + " on " + transport);
    HostileTricks tricks = new HostileTricks(SEED);
    try (ScriptedUpstream upstream = ScriptedUpstream.start(tricks, null);
        WeChatClientFixture client =
            WeChatClientFixture.open(
                Options.of(transport, upstream.url()).within(TIMEOUT).wide(CONNECTIONS, THREADS))) {
      Queue<Outcome> outcomes = askAll(client);

      assertThat(outcomes).hasSize(SENDS);
      List<Outcome> falseOnes =
          outcomes.stream().filter(each -> each.heard() == Heard.FALSE).limit(20).toList();
      assertThat(falseOnes).as("answers of others, with seed " + SEED).isEmpty();
      assertRequestsAreRight(upstream, outcomes);
      Map<Heard, Integer> counts = counts(outcomes);
      System.out.println("hostile upstream: " + counts + " over " + upstream.connections());
      assertThat(counts.getOrDefault(Heard.ITS_OWN, 0))
          .as("heard of " + counts)
          .isGreaterThan((int) (LEAST_HEARD * SENDS));
    }
  }

  /** Each lane continues on the thread of its last answer. */
  private static Queue<Outcome> askAll(WeChatClientFixture client) throws Exception {
    Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
    Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
    AtomicInteger next = new AtomicInteger();
    CountDownLatch lanes = new CountDownLatch(LANES);
    for (int i = 0; i < LANES; i++) {
      askOn(client, next, outcomes, faults, lanes);
    }
    lanes.await();
    assertThat(faults).isEmpty();
    return outcomes;
  }

  private static void askOn(
      WeChatClientFixture client,
      AtomicInteger next,
      Queue<Outcome> outcomes,
      Queue<Throwable> faults,
      CountDownLatch lanes) {
    int number = next.getAndIncrement();
    if (number >= SENDS) {
      lanes.countDown();
      return;
    }
    CompletableFuture<Outcome> asked = ask(number).begin(client).toCompletableFuture();
    var ignored =
        asked.whenComplete(
            (outcome, fault) -> {
              if (fault == null) {
                outcomes.add(outcome);
                askOn(client, next, outcomes, faults, lanes);
              } else {
                faults.add(fault);
                lanes.countDown();
              }
            });
  }

  private static Ask ask(int number) {
    String app = number % 2 == 0 ? "a" : "b";
    return switch (number % 20) {
      case 7 -> Ask.token(Kind.STABLE_TOKEN, "stable" + number);
      case 14 -> Ask.token(Kind.CLASSIC_TOKEN, "classic" + number);
      case 1, 2, 3, 4 -> Ask.refused(app, 43101, number);
      case 9, 10 -> Ask.refused(app, 40003, number);
      default -> Ask.accepted(app, number);
    };
  }

  private static Map<Heard, Integer> counts(Queue<Outcome> outcomes) {
    Map<Heard, Integer> counts = new EnumMap<>(Heard.class);
    outcomes.forEach(each -> counts.merge(each.heard(), 1, Integer::sum));
    return counts;
  }

  private static void assertRequestsAreRight(ScriptedUpstream upstream, Queue<Outcome> outcomes) {
    assertThat(upstream.complaints()).isEmpty();
    Map<String, Integer> served = new HashMap<>();
    for (Served each : upstream.served()) {
      served.merge(each.key(), 1, Integer::sum);
    }
    List<String> twice =
        served.entrySet().stream()
            .filter(each -> each.getValue() > 1)
            .map(Map.Entry::getKey)
            .toList();
    assertThat(twice).as("requests that went out twice").isEmpty();
    List<Outcome> wrong = new ArrayList<>();
    for (Outcome each : outcomes) {
      boolean wasServed = served.containsKey(each.ask().key());
      boolean isWrong =
          switch (each.heard()) {
            case NOT_WRITTEN -> wasServed;
            case ITS_OWN -> !wasServed;
            case NOTHING, FALSE -> false;
          };
      if (isWrong) {
        wrong.add(each);
      }
    }
    assertThat(wrong).as("written or not").isEmpty();
  }
}
