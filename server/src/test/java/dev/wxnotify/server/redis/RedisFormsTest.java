package dev.wxnotify.server.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.Reply;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.RedisServerExtension;
import dev.wxnotify.server.testing.TestCa;
import dev.wxnotify.server.testing.TestLedgers;
import dev.wxnotify.server.testing.TestTokens;
import dev.wxnotify.server.token.AccessToken;
import dev.wxnotify.server.token.TokenStore;
import dev.wxnotify.server.token.TokenStore.Purpose;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every deployment form of Redis, on real servers. */
class RedisFormsTest {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final String PASSWORD = "top-secret-password";
  private static final String USER = "wxnotify";
  private static final int SLOTS = 16_384;
  private static final int MOST_PORTS = 3;

  private final Links links = new Links();
  private final List<RedisServerExtension> servers = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    links.close();
    for (RedisServerExtension server : servers) {
      server.close();
    }
  }

  private RedisServerExtension started(String... options) throws Exception {
    RedisServerExtension server = RedisServerExtension.with(options);
    servers.add(server);
    server.start();
    return server;
  }

  private static RedisOutcomeLedger ledger(RedisLink link) {
    return new RedisOutcomeLedger(link, TestLedgers.inMemory(10_000, System::nanoTime), 10_000);
  }

  /** Two replicas share a token, a lease and {@code count} outcomes. */
  private void assertShares(RedisLink link, RedisLink other, int count) throws Exception {
    Instant received = CLOCK.instant().truncatedTo(ChronoUnit.MILLIS);
    AccessToken token = TestTokens.token("token", received, received.plus(Duration.ofHours(2)));
    TokenStore mine = new RedisTokenStore(link, "wx-app", "stable", CLOCK);
    TokenStore theirs = new RedisTokenStore(other, "wx-app", "stable", CLOCK);
    Await.result(mine.save(token));
    assertThat(Await.result(theirs.load())).contains(token);
    assertThat(Await.result(mine.tryLease(Purpose.FETCH, Duration.ofMinutes(1)))).isPresent();
    assertThat(Await.result(theirs.tryLease(Purpose.FETCH, Duration.ofMinutes(1)))).isEmpty();
    Await.result(mine.discard(token));
    assertThat(Await.result(theirs.load())).isEmpty();
    try (TestReplica one = new TestReplica(ledger(link), links.timer());
        TestReplica two = new TestReplica(ledger(other), links.timer())) {
      for (int i = 0; i < count; i++) {
        SendOutcome first = one.deliver("request-" + i).outcome();
        assertThat(two.deliver("request-" + i)).isEqualTo(new Reply(first, true));
      }
    }
  }

  @Test
  void standalone_databaseInTheUrl_isUsed() throws Exception {
    RedisServerExtension redis = started();

    String url = redis.url() + "/3";
    assertShares(links.up(url), links.up(url), 1);

    assertThat(redis.keys()).as("of database 0").isEmpty();
    assertThat(String.valueOf(redis.command("INFO", "keyspace"))).contains("db3:");
  }

  /** The documented permissions suffice, and the password is never logged. */
  @Test
  void standalone_userWithFewRights_isEnough() throws Exception {
    RedisServerExtension redis = started();
    redis.command(userWith());

    String url = redis.url().replace("redis://", "redis://" + USER + ":" + PASSWORD + "@");
    assertShares(links.up(url), links.up(url), 1);

    assertThat(String.valueOf(redis.command("ACL", "LOG"))).isEqualTo("[]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"wxnotify@", "wxnotify:@"})
  void standalone_passwordOfAFile_isReadAnewForEachConnection(
      String userInfo, @TempDir Path directory) throws Exception {
    RedisServerExtension redis = started();
    redis.command(userWith());
    Path file = Files.writeString(directory.resolve("password"), PASSWORD + "\n");
    String url = redis.url().replace("redis://", "redis://" + userInfo);
    RedisLink link = links.upWithPasswordOf(file, url);
    assertThat(String.valueOf(redis.command("CLIENT", "LIST"))).contains("user=" + USER);

    redis.command("ACL", "SETUSER", USER, "resetpass", ">next-" + PASSWORD);
    redis.command("CLIENT", "KILL", "USER", USER);
    Links.awaitDown(link);
    Files.delete(file);
    Files.writeString(file, "next-" + PASSWORD);

    Links.awaitUp(link);
    assertShares(link, links.upWithPasswordOf(file, url), 1);
  }

  @Test
  void standalone_passwordOfAFileWithoutAUser_isOfTheDefaultUser(@TempDir Path directory)
      throws Exception {
    RedisServerExtension redis = started();
    Path file = Files.writeString(directory.resolve("password"), PASSWORD);

    assertShares(
        links.upWithPasswordOf(file, redis.url()), links.upWithPasswordOf(file, redis.url()), 1);
    assertThat(String.valueOf(redis.command("CLIENT", "LIST"))).contains("user=default");
  }

  /** Creates a user with the documented permissions, and {@code more}. */
  private static String[] userWith(String... more) {
    Stream<String> words =
        Stream.of(
            ("ACL SETUSER " + USER + " on >" + PASSWORD + " ~test:* +@connection +get +set +del")
                .split(" "));
    return Stream.of(words, Stream.of("+time", "+eval", "+evalsha"), Stream.of(more))
        .flatMap(part -> part)
        .toArray(String[]::new);
  }

  @Test
  void tls_ownAuthority_isTrustedWhereItIsNamedAndOnlyThere(@TempDir Path directory)
      throws Exception {
    TestCa ca = new TestCa("redis-ca");
    ca.issueForLoopback("redis").writeTo(directory, "redis");
    Path caFile = Files.writeString(directory.resolve("ca.pem"), ca.pem());
    Path otherCa = Files.writeString(directory.resolve("other.pem"), new TestCa("other").pem());
    String url =
        startedWithTls(
            "--tls-auth-clients",
            "no",
            "--tls-cert-file",
            directory.resolve("redis.crt").toString(),
            "--tls-key-file",
            directory.resolve("redis.key").toString(),
            "--tls-ca-cert-file",
            caFile.toString());

    RedisLink one = links.unconnected(url, Links.PATIENT, caFile);
    RedisLink two = links.unconnected(url, Links.PATIENT, caFile);
    one.connect(Links.PATIENT);
    two.connect(Links.PATIENT);
    Links.awaitUp(one);
    Links.awaitUp(two);
    assertShares(one, two, 1);

    for (Path wrong : new Path[] {null, otherCa}) {
      RedisLink stranger = links.unconnected(url, TIMEOUT, wrong);
      stranger.connect(Links.PATIENT);
      Await.until(
          () -> "the certificate is rejected, and not: " + stranger.trouble(),
          () ->
              stranger
                  .trouble()
                  .filter(why -> why.toLowerCase(Locale.ROOT).contains("certification path"))
                  .isPresent());
    }
  }

  /** Returns the URL. Another process may take a free port before Redis does. */
  private String startedWithTls(String... options) throws Exception {
    for (int i = 1; ; i++) {
      String port = Integer.toString(freePort());
      try {
        started(
            Stream.concat(Stream.of("--tls-port", port), Stream.of(options))
                .toArray(String[]::new));
        return "rediss://127.0.0.1:" + port;
      } catch (AssertionError e) {
        if (i == MOST_PORTS) {
          throw e;
        }
      }
    }
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void sentinel_masterKilled_movesToTheNext_andNoMessageFails(@TempDir Path directory)
      throws Exception {
    RedisServerExtension master = started();
    RedisServerExtension replica =
        started("--replicaof", "127.0.0.1", Integer.toString(master.port()));
    RedisServerExtension sentinel = started("--sentinel");
    String name = "wxnotify-master";
    sentinel.command(
        "SENTINEL", "MONITOR", name, "127.0.0.1", Integer.toString(master.port()), "1");
    sentinel.command("SENTINEL", "SET", name, "down-after-milliseconds", "300");
    sentinel.command("SENTINEL", "SET", name, "failover-timeout", "2000");
    Await.until(
        "the sentinel knows the replica",
        () -> String.valueOf(sentinel.command("SENTINEL", "REPLICAS", name)).contains("slave"));
    Await.until(
        "the replica follows",
        () ->
            String.valueOf(replica.command("INFO", "replication"))
                .contains("master_link_status:up"));
    String url = "redis-sentinel://127.0.0.1:" + sentinel.port() + "#" + name;
    RedisLink link = links.up(url, TIMEOUT);
    master.command(userWith());
    Path file = Files.writeString(directory.resolve("password"), PASSWORD);
    String withUser = url.replace("://", "://" + USER + "@");
    assertShares(link, links.upWithPasswordOf(file, withUser), 1);

    RedisOutcomeLedger ledger = ledger(link);
    try (TestReplica one = new TestReplica(ledger, links.timer())) {
      // It may be down for less time than this thread sleeps, but it says when it is up again.
      AtomicBoolean hasMoved = new AtomicBoolean();
      var ignored = link.whenUp(() -> hasMoved.set(true));
      master.stop();
      List<SendOutcome> heard = new ArrayList<>();
      Await.until(
          "it is at the next master",
          () -> {
            heard.add(one.deliver("during-" + heard.size()).outcome());
            return hasMoved.get();
          });
      Links.awaitUp(link);
      assertThat(heard).allMatch(SendOutcome.Accepted.class::isInstance);
      Await.until("Redis has it", () -> ledger.unsent() == 0);
      assertThat(replica.keys()).hasSizeGreaterThanOrEqualTo(heard.size());
      try (TestReplica two = new TestReplica(ledger(links.up(url)), links.timer())) {
        assertThat(two.deliver("during-0")).isEqualTo(new Reply(heard.get(0), true));
      }
    }
  }

  @Test
  void cluster_nodeKilledAndAnotherHangs_noMessageFails_andItHeals(@TempDir Path directory)
      throws Exception {
    List<RedisServerExtension> nodes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      nodes.add(
          started(
              "--cluster-enabled",
              "yes",
              "--cluster-config-file",
              "nodes.conf",
              "--cluster-node-timeout",
              "700"));
    }
    RedisServerExtension replica = nodes.get(3);
    List<RedisServerExtension> masters = nodes.subList(0, 3);
    for (int i = 0; i < 3; i++) {
      masters.get(i).command(addSlots(SLOTS * i / 3, SLOTS * (i + 1) / 3));
      replica.command("CLUSTER", "MEET", "127.0.0.1", Integer.toString(masters.get(i).port()));
    }
    for (RedisServerExtension node : nodes) {
      Await.until("the cluster is well", () -> info(node).contains("cluster_state:ok"));
      Await.until("all are known", () -> info(node).contains("cluster_known_nodes:4"));
    }
    String id = String.valueOf(masters.get(0).command("CLUSTER", "MYID"));
    replica.command("CLUSTER", "REPLICATE", id);
    Await.until(
        "the replica follows",
        () ->
            String.valueOf(replica.command("INFO", "replication"))
                .contains("master_link_status:up"));
    for (RedisServerExtension node : nodes) {
      node.command(userWith("+cluster|nodes", "+cluster|myid", "+info"));
    }
    String url =
        "redis-cluster://%s:%s@127.0.0.1:%d,127.0.0.1:%d"
            .formatted(USER, PASSWORD, masters.get(1).port(), replica.port());
    RedisLink link = links.up(url, TIMEOUT);

    Path file = Files.writeString(directory.resolve("password"), PASSWORD);
    String withoutPassword = url.replace(":" + PASSWORD, "");
    assertShares(link, links.upWithPasswordOf(file, withoutPassword), 60);
    for (RedisServerExtension master : masters) {
      assertThat(master.keys()).as("keys of each node").isNotEmpty();
    }

    RedisOutcomeLedger ledger = ledger(link);
    try (TestReplica one = new TestReplica(ledger, links.timer())) {
      masters.get(0).stop();
      List<SendOutcome> heard = new ArrayList<>();
      Await.until(
          "it is noticed",
          () -> {
            heard.add(one.deliver("during-" + heard.size()).outcome());
            return !link.isUp();
          });
      Await.until(
          "it is at the replica",
          () -> {
            heard.add(one.deliver("during-" + heard.size()).outcome());
            return link.isUp();
          });
      assertThat(heard).allMatch(SendOutcome.Accepted.class::isInstance);
      Await.until("Redis has it", () -> ledger.unsent() == 0);
      try (TestReplica two = new TestReplica(ledger(links.up(url)), links.timer())) {
        for (int i = 0; i < heard.size(); i++) {
          assertThat(two.deliver("during-" + i)).isEqualTo(new Reply(heard.get(i), true));
        }
      }

      masters.get(2).freeze();
      int waited = 0;
      for (int i = 0; i < 100; i++) {
        long failed = link.commandsFailed();
        CompletableFuture<Reply> answer = one.start("hanging-" + i);
        boolean atOnce = answer.isDone();
        assertThat(Await.result(answer).outcome()).isInstanceOf(SendOutcome.Accepted.class);
        // What fails meanwhile may also be an outcome for which no message waits.
        waited += !atOnce && link.commandsFailed() > failed ? 1 : 0;
      }
      assertThat(waited).as("messages that waited for the node that hangs").isBetween(1, 2);
      masters.get(2).thaw();
      Links.awaitUp(link);
      Await.until("Redis has it", () -> ledger.unsent() == 0);
    }
    for (RedisServerExtension node : List.of(masters.get(1), masters.get(2), replica)) {
      assertThat(String.valueOf(node.command("ACL", "LOG"))).as("what was refused").isEqualTo("[]");
    }
  }

  private static String info(RedisServerExtension node) throws Exception {
    return String.valueOf(node.command("CLUSTER", "INFO"));
  }

  private static String[] addSlots(int from, int to) {
    return Stream.concat(
            Stream.of("CLUSTER", "ADDSLOTS"), IntStream.range(from, to).mapToObj(Integer::toString))
        .toArray(String[]::new);
  }
}
