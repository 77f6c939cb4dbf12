package dev.wxnotify.server.redis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.delivery.Reply;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeScheduler;
import dev.wxnotify.server.testing.RedisServerExtension;
import dev.wxnotify.server.testing.TestLedgers;
import dev.wxnotify.server.testing.TestTokens;
import dev.wxnotify.server.token.AccessToken;
import dev.wxnotify.server.token.TokenStore;
import dev.wxnotify.server.token.TokenStore.Purpose;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real Redis that fails in every possible way: sends continue, and it recovers by itself. */
class RedisOutageTest {
  /** Long enough for a busy machine to answer, short enough to notice when it is spent twice. */
  private static final Duration TIMEOUT = Duration.ofMillis(700);

  /** Long enough for some probes. */
  private static final Duration OUTAGE = Duration.ofMillis(1_300);

  private static final Duration PATIENCE = Duration.ofMillis(300);
  private static final Duration A_BUSY_MACHINE = Duration.ofSeconds(5);

  /** After which a link tries again to connect. */
  private static final Duration A_RETRY = Duration.ofMillis(500);

  private static final InstantSource CLOCK = InstantSource.system();
  private static final String PASSWORD = "top-secret-password";
  private static final String UP = "redis: up";

  @RegisterExtension final RedisServerExtension redis = RedisServerExtension.with();
  @RegisterExtension final CapturedLog log = new CapturedLog();

  private final Links links = new Links();
  private final FakeScheduler timer = new FakeScheduler(new FakeClock());
  private @Nullable RedisLink fakeTimed;
  private @Nullable Socket busy;

  @AfterEach
  void close() throws IOException {
    links.close();
    if (fakeTimed != null) {
      fakeTimed.close();
    }
    if (busy != null) {
      busy.close();
    }
  }

  /** Ways to fail, each with its log text. */
  private enum Fault {
    HANGS("timed out") {
      @Override
      void begin(RedisOutageTest test) throws Exception {
        test.redis.freeze();
      }

      @Override
      void end(RedisOutageTest test) throws Exception {
        test.redis.thaw();
      }
    },
    GONE("refused") {
      @Override
      void begin(RedisOutageTest test) throws Exception {
        test.redis.stop();
      }

      @Override
      void end(RedisOutageTest test) throws Exception {
        test.redis.start();
      }
    },
    FULL("OOM") {
      @Override
      void begin(RedisOutageTest test) throws Exception {
        test.redis.command("CONFIG", "SET", "maxmemory", "1");
      }

      @Override
      void end(RedisOutageTest test) throws Exception {
        test.redis.command("CONFIG", "SET", "maxmemory", "0");
      }
    },
    READ_ONLY("READONLY") {
      @Override
      void begin(RedisOutageTest test) throws Exception {
        test.redis.command("REPLICAOF", "127.0.0.1", "1");
      }

      @Override
      void end(RedisOutageTest test) throws Exception {
        test.redis.command("REPLICAOF", "NO", "ONE");
      }
    },
    LACKS_REPLICAS("NOREPLICAS") {
      @Override
      void begin(RedisOutageTest test) throws Exception {
        test.redis.command("CONFIG", "SET", "min-replicas-to-write", "1");
      }

      @Override
      void end(RedisOutageTest test) throws Exception {
        test.redis.command("CONFIG", "SET", "min-replicas-to-write", "0");
      }
    },
    /** Like one that is loading, it accepts connections and answers all commands with an error. */
    BUSY("BUSY") {
      @Override
      void begin(RedisOutageTest test) throws Exception {
        test.redis.command("CONFIG", "SET", "lua-time-limit", "1");
        test.keepBusy();
      }

      @Override
      void end(RedisOutageTest test) throws Exception {
        test.redis.command("SCRIPT", "KILL");
      }
    },
    WANTS_A_PASSWORD("NOAUTH") {
      @Override
      void begin(RedisOutageTest test) throws Exception {
        test.redis.command("CONFIG", "SET", "requirepass", PASSWORD);
        test.redis.commandAs(PASSWORD, "CLIENT", "KILL", "TYPE", "normal");
      }

      @Override
      void end(RedisOutageTest test) throws Exception {
        test.redis.commandAs(PASSWORD, "CONFIG", "SET", "requirepass", "");
      }
    };

    final String said;

    Fault(String said) {
      this.said = said;
    }

    abstract void begin(RedisOutageTest test) throws Exception;

    abstract void end(RedisOutageTest test) throws Exception;
  }

  /** An endless script blocks everything else in Redis. */
  private void keepBusy() throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port());
    busy = socket;
    socket
        .getOutputStream()
        .write("EVAL \"while true do end\" 0\r\n".getBytes(StandardCharsets.US_ASCII));
    Await.until(
        "it is busy",
        () -> {
          try {
            redis.command("PING");
            return false;
          } catch (RedisServerExtension.RefusedException e) {
            return true;
          }
        });
  }

  private RedisOutcomeLedger ledger(RedisLink link) {
    return new RedisOutcomeLedger(link, TestLedgers.inMemory(10_000, System::nanoTime), 10_000);
  }

  @ParameterizedTest
  @EnumSource
  void outage_ofAnyKind_costsNoMessage_andHealsByItself(Fault fault) throws Exception {
    RedisLink link = links.up(redis.url(), TIMEOUT);
    RedisOutcomeLedger ledger = ledger(link);
    TokenStore tokens = new RedisTokenStore(link, "wx-app", "stable", CLOCK);
    Map<String, SendOutcome> heard = new HashMap<>();
    try (TestReplica replica = new TestReplica(ledger, links.timer())) {
      Await.result(tokens.save(token()));
      replica.deliver("before");

      fault.begin(this);
      int waited = 0;
      long began = System.nanoTime();
      for (int i = 0; i < 50 || System.nanoTime() - began < OUTAGE.toNanos(); i++) {
        String requestId = "during-" + i;
        CompletableFuture<Reply> answer = replica.start(requestId);
        if (!answer.isDone()) {
          waited++;
        }
        Reply delivered = Await.result(answer);
        assertThat(delivered.outcome()).isInstanceOf(SendOutcome.Accepted.class);
        assertThat(delivered.replayed()).isFalse();
        heard.put(requestId, delivered.outcome());
        assertThat(replica.deliver(requestId).replayed()).isTrue();
        Thread.sleep(1);
      }
      Links.awaitDown(link);

      // One that finds the fault, and one during the doubt.
      assertThat(waited).as("messages that waited for it").isLessThanOrEqualTo(2);
      assertThat(replica.sent()).isEqualTo(heard.size() + 1);
      assertThat(ledger.unsent()).isEqualTo(heard.size());
      awaitWarning();
      assertThat(log.ofRedis(Level.WARN)).hasSize(1);
      assertThat(log.ofRedis(Level.WARN).get(0)).startsWith("redis: down: ");
      Await.until(
          "the reason is known: " + fault.said,
          () -> link.trouble().orElseThrow().contains(fault.said));
      assertThat(tokens.load().toCompletableFuture()).isCompletedExceptionally();

      fault.end(this);
      Links.awaitUp(link);
      Await.until("Redis has everything", () -> ledger.unsent() == 0);
      assertThat(log.ofRedis(Level.WARN)).hasSize(1);
      assertThat(log.ofRedis(Level.INFO)).filteredOn(UP::equals).hasSize(2);
      assertThat(Await.result(tokens.load())).map(AccessToken::value).contains("token");
      assertThat(replica.inFlight()).isZero();
      assertThat(log.everything()).doesNotContain(PASSWORD);
    }
    try (TestReplica other =
        new TestReplica(ledger(links.up(redis.url(), Links.PATIENT)), links.timer())) {
      for (Map.Entry<String, SendOutcome> sent : heard.entrySet()) {
        assertThat(other.deliver(sent.getKey())).isEqualTo(new Reply(sent.getValue(), true));
      }
      assertThat(other.sent()).isZero();
    }
  }

  /** Redis was down, perhaps for so short a time that a test cannot see it. */
  private void awaitWarning() throws Exception {
    Await.until("it is reported", () -> !log.ofRedis(Level.WARN).isEmpty());
  }

  private static AccessToken token() {
    Instant received = CLOCK.instant().truncatedTo(ChronoUnit.MILLIS);
    return TestTokens.token("token", received, received.plus(Duration.ofHours(2)));
  }

  /**
   * Returns a connected link whose commands are late when {@link #timer} says so, and whose doubt
   * does not end by its time: a hiccup may last until the test has ended it.
   */
  private RedisLink upWithFakeTime() throws Exception {
    RedisLink link =
        new RedisLink(
            new RedisLink.Settings(
                redis.url(), null, Links.PREFIX, Links.PATIENT, Links.PATIENT, null),
            timer);
    fakeTimed = link;
    link.connect(Links.PATIENT);
    Await.until(
        "redis is up",
        () -> {
          timer.advance(A_RETRY);
          return link.isUp();
        });
    return link;
  }

  @Test
  void hiccup_thatEndsBeforeTheProbe_isNoOutage() throws Exception {
    RedisLink link = upWithFakeTime();
    RedisOutcomeLedger ledger = ledger(link);
    try (TestReplica replica = new TestReplica(ledger, links.timer())) {
      replica.deliver("before");

      redis.freeze();
      CompletableFuture<Reply> during = replica.start("during");
      timer.advance(Links.PATIENT);
      assertThat(Await.result(during).replayed()).isFalse();
      assertThat(link.isCertain()).isFalse();
      redis.thaw();

      Await.until("the doubt is over", link::isCertain);
      Await.until("Redis has it", () -> ledger.unsent() == 0);
      assertThat(link.trouble()).isEmpty();
      assertThat(link.commandsFailed()).isPositive();
      assertThat(log.ofRedis(Level.WARN)).isEmpty();
      assertThat(redis.keys()).hasSize(2);
    }
  }

  @Test
  void tokenCommand_inAHiccup_isRepeated() throws Exception {
    RedisLink link = upWithFakeTime();
    TokenStore tokens = new RedisTokenStore(link, "wx-app", "stable", CLOCK);
    Await.result(tokens.save(token()));

    redis.freeze();
    CompletableFuture<Optional<AccessToken>> loaded = tokens.load().toCompletableFuture();
    CompletableFuture<Optional<TokenStore.Lease>> lease =
        tokens.tryLease(Purpose.FETCH, Duration.ofMinutes(1)).toCompletableFuture();
    timer.advance(Links.PATIENT);
    assertThat(link.commandsFailed()).isEqualTo(2);
    assertThat(loaded).isNotDone();
    redis.thaw();

    assertThat(Await.result(loaded)).map(AccessToken::value).contains("token");
    assertThat(Await.result(lease))
        .as("which it may have been given at the first attempt")
        .isPresent();
    assertThat(log.ofRedis(Level.WARN)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"HANGS", "GONE", "FULL", "READ_ONLY", "WANTS_A_PASSWORD"})
  void start_whileRedisIsInTrouble_goesOn_andJoinsLater(Fault fault) throws Exception {
    fault.begin(this);
    RedisLink link = links.unconnected(redis.url(), TIMEOUT);
    RedisOutcomeLedger ledger = ledger(link);
    TokenStore tokens = new RedisTokenStore(link, "wx-app", "stable", CLOCK);
    try (TestReplica replica = new TestReplica(ledger, links.timer())) {
      long began = System.nanoTime();
      link.connect(PATIENCE);
      assertThat(tokens.save(token()).toCompletableFuture()).isCompletedExceptionally();
      SendOutcome sent = replica.deliver("early").outcome();
      assertThat(sent).isInstanceOf(SendOutcome.Accepted.class);
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isLessThan(PATIENCE.plus(A_BUSY_MACHINE));
      assertThat(link.trouble()).isPresent();

      fault.end(this);
      Links.awaitUp(link);

      Await.until("Redis has it", () -> ledger.unsent() == 0);
      Await.until("it has the token", () -> Await.result(tokens.load()).isPresent());
      assertThat(log.ofRedis(Level.WARN)).hasSizeLessThanOrEqualTo(1);
      assertThat(log.ofRedis(Level.INFO)).containsOnlyOnce(UP);
    }
  }

  @Test
  void start_wrongPassword_saysSoOnce_andNeverThePassword() throws Exception {
    redis.command("CONFIG", "SET", "requirepass", PASSWORD);
    String wrong = "wrong-" + PASSWORD;
    RedisLink link =
        links.unconnected(redis.url().replace("redis://", "redis://:" + wrong + "@"), TIMEOUT);

    link.connect(PATIENCE);
    Await.until(
        "it was refused",
        () -> link.trouble().filter(why -> why.contains("WRONGPASS")).isPresent());
    redis.commandAs(PASSWORD, "CONFIG", "SET", "requirepass", wrong);
    Links.awaitUp(link);

    assertThat(log.ofRedis(Level.WARN)).hasSizeLessThanOrEqualTo(1);
    assertThat(log.everything()).doesNotContain(PASSWORD);
  }

  @Test
  void otherEndGoneWithoutAWord_anotherConnectionIsMade() throws Exception {
    try (SilentProxy proxy = SilentProxy.to(redis.port())) {
      RedisLink link = links.up("redis://127.0.0.1:" + proxy.port(), TIMEOUT);
      RedisOutcomeLedger ledger = ledger(link);
      try (TestReplica replica = new TestReplica(ledger, links.timer())) {
        replica.deliver("before");

        proxy.silenceWhatIsOpen();
        replica.deliver("during");
        awaitWarning();
        Links.awaitUp(link);

        Await.until("Redis has it", () -> ledger.unsent() == 0);
        assertThat(log.ofRedis(Level.WARN)).hasSize(1);
      }
    }
  }

  @Test
  void outageLongerThanTheBacklog_forgetsTheOldest() throws Exception {
    RedisLink link = links.up(redis.url(), TIMEOUT);
    RedisOutcomeLedger ledger =
        new RedisOutcomeLedger(link, TestLedgers.inMemory(1_000, System::nanoTime), 250);
    try (TestReplica replica = new TestReplica(ledger, links.timer())) {
      redis.stop();
      for (int i = 0; i < 300; i++) {
        replica.deliver("during-" + i);
      }
      assertThat(ledger.unsent()).isEqualTo(250);
      assertThat(ledger.forgotten()).isEqualTo(50);

      redis.start();
      Links.awaitUp(link);
      Await.until("Redis has it", () -> ledger.unsent() == 0);
    }
    RedisOutcomeLedger other = ledger(links.up(redis.url()));
    try (TestReplica replica = new TestReplica(other, links.timer())) {
      assertThat(replica.deliver("during-299").replayed()).isTrue();
      assertThat(replica.deliver("during-50").replayed()).isTrue();
      assertThat(replica.deliver("during-49").replayed()).isFalse();
    }
  }

  @Test
  void restartedEmpty_whileNothingIsAsked_getsTheTokenAgain() throws Exception {
    RedisLink link = links.up(redis.url(), TIMEOUT);
    TokenStore tokens = new RedisTokenStore(link, "wx-app", "stable", CLOCK);
    Await.result(tokens.save(token()));

    redis.stop();
    Links.awaitDown(link);
    redis.start();

    Await.until("it has the token", () -> !redis.keys().isEmpty());
    assertThat(log.ofRedis(Level.WARN)).hasSize(1);
  }

  /** Redis, and many devices in between, close connections that are idle for a while. */
  @Test
  void cut_ofAConnectionOnly_isNoOutage() throws Exception {
    RedisLink link = links.up(redis.url());
    TokenStore tokens = new RedisTokenStore(link, "wx-app", "stable", CLOCK);
    Await.result(tokens.save(token()));
    redis.command("FLUSHALL");

    redis.command("CLIENT", "KILL", "TYPE", "normal");

    Await.until("it has the token again", () -> !redis.keys().isEmpty());
    assertThat(link.trouble()).isEmpty();
    assertThat(log.ofRedis(Level.WARN)).isEmpty();
  }

  /** An app that was removed: its token is not brought back by a replica that has it no more. */
  @Test
  void closedStore_ofARedisThatIsEmptied_bringsNothingBack() throws Exception {
    RedisLink link = links.up(redis.url());
    TokenStore closed = new RedisTokenStore(link, "wx-gone", "stable", CLOCK);
    TokenStore open = new RedisTokenStore(link, "wx-app", "stable", CLOCK);
    Await.result(closed.save(token()));
    Await.result(open.save(token()));
    closed.close();
    redis.command("FLUSHALL");

    redis.command("CLIENT", "KILL", "TYPE", "normal");

    Await.until(
        "it has the token of the other", () -> redis.keys().toString().contains("{token:wx-app"));
    assertThat(redis.keys().toString()).doesNotContain("wx-gone");
  }

  /** A bad value under one key does not affect the others. */
  @Test
  void commandThatIsRefusedAlone_isNoOutage() throws Exception {
    RedisLink link = links.up(redis.url());
    TokenStore tokens = new RedisTokenStore(link, "wx-app", "stable", CLOCK);
    redis.command("RPUSH", Links.PREFIX + "{token:wx-app:stable}", "not a string");

    CompletableFuture<Optional<AccessToken>> loaded = tokens.load().toCompletableFuture();
    Await.until("it failed", loaded::isCompletedExceptionally);

    Await.until("the link is fine", () -> link.trouble().isEmpty());
    try (TestReplica replica = new TestReplica(ledger(link), links.timer())) {
      Await.until("the doubt is over", () -> redisKnows(replica));
    }
    assertThat(log.ofRedis(Level.WARN)).isEmpty();
    assertThat(log.ofRedis(Level.INFO))
        .filteredOn(line -> !line.equals(UP))
        .hasSize(1)
        .allMatch(line -> line.contains("WRONGTYPE"));
  }

  private boolean redisKnows(TestReplica replica) throws Exception {
    replica.deliver("request");
    List<String> keys = redis.keys();
    return keys.stream().anyMatch(key -> key.startsWith(Links.PREFIX + "request:"));
  }
}
