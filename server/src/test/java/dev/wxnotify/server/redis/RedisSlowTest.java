package dev.wxnotify.server.redis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.delivery.Reply;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.RedisServerExtension;
import dev.wxnotify.server.testing.SlowProxy;
import dev.wxnotify.server.testing.TestLedgers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A Redis with late answers: claims wait for it, and outcomes reach it. */
class RedisSlowTest {
  private static final int IDS = 900;
  private static final Duration COMMAND_TIMEOUT = Duration.ofMillis(100);

  /**
   * In the same proportion to the command timeout as the defaults, and long enough for a busy
   * machine.
   */
  private static final Duration CLAIM_TIMEOUT = Duration.ofSeconds(20);

  private static final Duration SLOW = Duration.ofMillis(300);

  @RegisterExtension final RedisServerExtension redis = RedisServerExtension.with();
  @RegisterExtension final CapturedLog log = new CapturedLog();

  private final Links links = new Links();
  private final List<SlowProxy> proxies = new ArrayList<>();

  @BeforeEach
  void makeProxies() throws Exception {
    proxies.add(SlowProxy.to(redis.port()));
    proxies.add(SlowProxy.to(redis.port()));
  }

  @AfterEach
  void close() throws Exception {
    links.close();
    for (SlowProxy proxy : proxies) {
      proxy.close();
    }
  }

  private RedisLink link(int replica, Duration claimTimeout) throws Exception {
    return links.up(proxies.get(replica).redisUrl(), COMMAND_TIMEOUT, claimTimeout);
  }

  private static RedisOutcomeLedger ledger(RedisLink link) {
    return new RedisOutcomeLedger(link, TestLedgers.inMemory(10_000, System::nanoTime), 10_000);
  }

  private void slow(Duration delay) {
    proxies.forEach(proxy -> proxy.delay(delay));
  }

  private static List<CompletableFuture<Reply>> startAll(TestReplica replica) {
    List<CompletableFuture<Reply>> all = new ArrayList<>();
    for (int i = 0; i < IDS; i++) {
      all.add(replica.start("request-" + i));
    }
    return all;
  }

  private static void awaitAll(List<CompletableFuture<Reply>> all) throws Exception {
    CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new)).get(60, TimeUnit.SECONDS);
  }

  @Test
  void sameIdsOnTwoReplicas_whileRedisIsSlow_areSentOnce() throws Exception {
    RedisLink one = link(0, CLAIM_TIMEOUT);
    RedisLink two = link(1, CLAIM_TIMEOUT);
    RedisOutcomeLedger first = ledger(one);
    RedisOutcomeLedger second = ledger(two);
    try (TestReplica here = new TestReplica(first, links.timer());
        TestReplica there = new TestReplica(second, links.timer())) {
      slow(SLOW);

      List<CompletableFuture<Reply>> sent = startAll(here);
      List<CompletableFuture<Reply>> atTheSameTime = startAll(there);
      awaitAll(sent);
      awaitAll(atTheSameTime);
      awaitAll(startAll(there));
      awaitAll(startAll(here));

      assertThat(here.sent() + there.sent()).as("messages that WeChat got").isEqualTo(IDS);
      assertThat(one.trouble()).isEmpty();
      assertThat(two.trouble()).isEmpty();
      Await.until("Redis knows all", () -> first.unsent() == 0 && second.unsent() == 0);
      assertThat(log.ofRedis(Level.WARN)).isEmpty();

      List<CompletableFuture<Reply>> repeats = startAll(there);
      awaitAll(repeats);
      assertThat(repeats).allMatch(repeat -> repeat.join().replayed());
    }
  }

  @Test
  void outcome_whileRedisIsSlow_isThereWhenTheReplicaDies() throws Exception {
    RedisOutcomeLedger ledger = ledger(link(0, CLAIM_TIMEOUT));
    try (TestReplica replica = new TestReplica(ledger, links.timer())) {
      slow(SLOW);
      awaitAll(startAll(replica));
      Await.until("Redis knows all", () -> ledger.unsent() == 0);
      assertThat(ledger.forgotten()).isZero();
    }

    for (String key : redis.keys()) {
      assertThat(redis.get(key)).startsWith("D:");
    }
    assertThat(redis.keys()).hasSize(IDS);
  }

  @Test
  void claim_connectionIsCutMeanwhile_isRepeatedOnTheNext() throws Exception {
    RedisLink link = link(0, CLAIM_TIMEOUT);
    try (TestReplica here = new TestReplica(ledger(link(1, CLAIM_TIMEOUT)), links.timer());
        TestReplica there = new TestReplica(ledger(link), links.timer())) {
      assertThat(here.deliver("request").replayed()).isFalse();
      proxies.get(0).delay(SLOW);

      CompletableFuture<Reply> repeat = there.start("request");
      proxies.get(0).cut();

      assertThat(repeat.get(60, TimeUnit.SECONDS).replayed()).isTrue();
      assertThat(there.sent()).isZero();
      assertThat(log.ofRedis(Level.WARN)).isEmpty();
    }
  }

  @Test
  void hangs_whileClaimsAreUnderWay_areSentAfterTheClaimTimeoutAndNoneWaitsLater()
      throws Exception {
    RedisLink link = link(0, Duration.ofMillis(600));
    RedisOutcomeLedger ledger = ledger(link);
    try (TestReplica replica = new TestReplica(ledger, links.timer())) {
      redis.freeze();

      List<CompletableFuture<Reply>> underWay = startAll(replica);
      awaitAll(underWay);
      Links.awaitDown(link);
      assertThat(underWay).allMatch(sent -> !sent.join().replayed());
      assertThat(replica.sent()).isEqualTo(IDS);

      long failed = link.commandsFailed();
      for (int i = 0; i < 100; i++) {
        assertThat(replica.start("later-" + i)).as("needs no answer of Redis").isDone();
      }
      assertThat(link.commandsFailed()).isEqualTo(failed);
      Await.until("it is reported", () -> !log.ofRedis(Level.WARN).isEmpty());
      assertThat(log.ofRedis(Level.WARN))
          .singleElement()
          .asString()
          .startsWith("redis: down: timed out");

      redis.thaw();
      Links.awaitUp(link);
      Await.until("Redis has it", () -> ledger.unsent() == 0);
      assertThat(redis.keys()).hasSize(IDS + 100);
    }
  }

  @Test
  void hangs_deadlineOfTheMessageIsShorterThanTheClaimTimeout_endsWithTheDeadline()
      throws Exception {
    RedisLink link = link(0, CLAIM_TIMEOUT);
    RedisOutcomeLedger ledger = ledger(link);
    try (TestReplica replica = new TestReplica(ledger, links.timer())) {
      redis.freeze();

      Reply heard = replica.start("request", Duration.ofMillis(300)).get(15, TimeUnit.SECONDS);

      assertThat(heard.outcome())
          .isInstanceOfSatisfying(
              SendOutcome.NotSent.class,
              no -> assertThat(no.reason()).isEqualTo(NotSent.Reason.DEADLINE_BEFORE_SEND));
      redis.thaw();
      Await.until("its permit is free", () -> replica.inFlight() == 0);
      assertThat(replica.sent()).isZero();
      Await.until("its claim was given back", () -> redis.keys().isEmpty());
      assertThat(replica.deliver("request").replayed()).isFalse();
    }
  }
}
