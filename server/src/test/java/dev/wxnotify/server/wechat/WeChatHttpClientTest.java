package dev.wxnotify.server.wechat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.DeafPort;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.TestLoops;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How connections are opened, how old they get and how they end. */
class WeChatHttpClientTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String ACCEPTED = "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":1}";

  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final TestLoops loops = new TestLoops(2);
  private final ScriptedNames names = new ScriptedNames();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : toClose) {
      each.close();
    }
    loops.close();
  }

  // Names.

  @Test
  void name_notAnsweredYet_delaysNobodyElseOnAnyLoop() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));
    WeChatHttpClient slow = client(URI.create("http://slow.test:1"), LONG, LONG);
    WeChatHttpClient quick = client(server.url(), LONG, LONG);
    List<CompletableFuture<HttpResult>> waiting = new ArrayList<>();
    for (EventExecutor loop : loops.group()) {
      waiting.add(postOn(loop, slow));
      Await.until("the look-up", () -> names.asked().size() == waiting.size());
      assertThat(loop.submit(() -> "runs").get(LONG.toMillis(), TimeUnit.MILLISECONDS))
          .isEqualTo("runs");
      assertThat(loop.schedule(() -> "timed", 1, TimeUnit.MILLISECONDS).get()).isEqualTo("timed");
      assertThat(Await.result(postOn(loop, quick))).isInstanceOf(HttpResult.Answered.class);
    }

    assertThat(waiting).allSatisfy(each -> assertThat(each).isNotDone());
  }

  @Test
  void name_neverAnswered_countsAgainstTheTimeOfTheMessage() throws Exception {
    WeChatHttpClient client = client(URI.create("http://slow.test:1"), SHORT, LONG);

    assertThat(Await.result(post(client)))
        .isEqualTo(new HttpResult.NotWritten("no connection in time"));
  }

  @Test
  void name_ofOurOwnMachine_isLookedUpWithoutAServer() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));
    WeChatHttpClient client =
        closing(
            new WeChatHttpClient(
                settings(URI.create("http://localhost:" + server.port()), LONG, LONG, null),
                loops.group()));

    assertThat(Await.result(post(client))).isInstanceOf(HttpResult.Answered.class);
  }

  @Test
  void name_withADeadAddressFirst_isReachedAtTheNextAndTheDeadOneIsTriedLast() throws Exception {
    RawHttpServer server =
        start(RawHttpServer.answer("200 OK\r\nConnection: close", "application/json", ACCEPTED));
    names.with("we.test", "127.0.0.2", "127.0.0.3", "127.0.0.1");
    WeChatHttpClient client = client(URI.create("http://we.test:" + server.port()), LONG, LONG);

    for (int i = 0; i < 3; i++) {
      assertThat(Await.result(post(client))).isInstanceOf(HttpResult.Answered.class);
    }

    assertThat(server.connections()).isEqualTo(3);
  }

  @Test
  void name_ofDeadAddressesOnly_isNotWrittenAndSaysWhy() throws Exception {
    int nobody = DeafPort.number();
    names.with("we.test", "127.0.0.2", "127.0.0.3");
    WeChatHttpClient client = client(URI.create("http://we.test:" + nobody), LONG, LONG);

    assertThat(Await.result(post(client)))
        .isEqualTo(new HttpResult.NotWritten("we.test:" + nobody + " refused the connection"));
  }

  @Test
  void name_thatMovesUnderLoad_isFollowedWhenTheConnectionIsTooOld() throws Exception {
    RawHttpServer old = start(RawHttpServer.json(ACCEPTED));
    RawHttpServer moved = startAt("127.0.0.2", old.port(), RawHttpServer.json(ACCEPTED));
    names.with("we.test", "127.0.0.1");
    WeChatHttpClient client =
        client(URI.create("http://we.test:" + old.port()), LONG, Duration.ofMillis(1));
    assertThat(Await.result(post(client))).isInstanceOf(HttpResult.Answered.class);
    names.with("we.test", "127.0.0.2");

    Await.until(
        "the new address",
        () -> {
          assertThat(Await.result(post(client))).isInstanceOf(HttpResult.Answered.class);
          return !moved.requests().isEmpty();
        });
  }

  /** Busy ones, which are never idle long enough to be closed; and not all of them at once. */
  @Test
  void connections_inSteadyTraffic_leaveByTheirGreatestAge_andNoMessageIsLost() throws Exception {
    Duration age = Duration.ofSeconds(10);
    assertThat(age).isLessThan(ConnectionPool.IDLE_TIMEOUT);
    int count = 8;
    FakeClock clock = new FakeClock();
    RawHttpServer old = start(RawHttpServer.heldBack(ACCEPTED));
    RawHttpServer moved = startAt("127.0.0.2", old.port(), RawHttpServer.json(ACCEPTED));
    names.with("we.test", "127.0.0.1");
    WeChatHttpClient client =
        closing(
            new WeChatHttpClient(
                settings(URI.create("http://we.test:" + old.port()), LONG, age, null),
                closing(new TestLoops(1)).group(),
                names,
                clock.nanos()));
    Traffic traffic = new Traffic(client, count);
    Await.until("all are open", () -> old.connections() == count);
    names.with("we.test", "127.0.0.2");
    old.release();

    clock.advance(age.multipliedBy(8).dividedBy(10).minusNanos(1));
    traffic.awaitMore(3);
    assertThat(moved.connections()).as("too young to leave").isZero();

    Set<Integer> left = new TreeSet<>();
    for (int step = 0; step < 10; step++) {
      clock.advance(age.dividedBy(50));
      traffic.awaitMore(3);
      left.add(moved.connections());
    }
    clock.advance(Duration.ofNanos(2));
    traffic.awaitMore(3);
    int before = old.requests().size();
    traffic.awaitMore(3);

    assertThat(old.requests()).as("the old address is asked no more").hasSize(before);
    assertThat(moved.connections()).isEqualTo(count);
    assertThat(left).as("how many had left, over the time").hasSizeGreaterThan(1);
    assertThat(traffic.notAnswered()).isEmpty();
    traffic.end();
  }

  /** Callers that send one message after another, each as soon as its last one is answered. */
  private static final class Traffic {
    private final WeChatHttpClient client;
    private final AtomicIntegerArray answered;
    private final Queue<HttpResult> notAnswered = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    Traffic(WeChatHttpClient client, int callers) {
      this.client = client;
      this.answered = new AtomicIntegerArray(callers);
      for (int i = 0; i < callers; i++) {
        send(i);
      }
    }

    private void send(int caller) {
      var ignored =
          post(client)
              .thenAccept(
                  result -> {
                    if (!(result instanceof HttpResult.Answered)) {
                      notAnswered.add(result);
                    }
                    answered.incrementAndGet(caller);
                    if (!over) {
                      send(caller);
                    }
                  });
    }

    /** Returns when each caller has had so many more answers. */
    void awaitMore(int count) throws Exception {
      int[] goal = new int[answered.length()];
      Arrays.setAll(goal, caller -> answered.get(caller) + count);
      Await.until(
          "more answers",
          () -> IntStream.range(0, goal.length).allMatch(i -> answered.get(i) >= goal[i]));
    }

    List<HttpResult> notAnswered() {
      return List.copyOf(notAnswered);
    }

    void end() {
      over = true;
    }
  }

  @Test
  void connection_youngEnough_isUsedAgainWithoutALookUp() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));
    names.with("we.test", "127.0.0.1");
    WeChatHttpClient client = client(URI.create("http://we.test:" + server.port()), LONG, LONG);

    for (int i = 0; i < 5; i++) {
      Await.result(post(client));
    }

    assertThat(server.connections()).isEqualTo(1);
    assertThat(names.asked()).containsExactly("we.test");
  }

  @Test
  void proxy_namedHost_isLookedUpAndWeChatsNameIsNot() throws Exception {
    RawHttpServer proxy = start(RawHttpServer.answer("407 No", "text/plain", ""));
    names.with("egress.test", "127.0.0.1");
    WeChatHttpClient client =
        closing(
            new WeChatHttpClient(
                settings(
                    URI.create("https://wechat.test"),
                    LONG,
                    LONG,
                    new EgressProxy("egress.test", proxy.port(), null)),
                loops.group(),
                names));

    assertThat(Await.result(post(client)))
        .isEqualTo(
            new HttpResult.NotWritten(
                "the proxy egress.test:" + proxy.port() + " answered HTTP 407"));
    assertThat(names.asked()).containsExactly("egress.test");
    assertThat(proxy.request().line()).isEqualTo("CONNECT wechat.test:443 HTTP/1.1");
    assertThat(proxy.request().header("proxy-authorization")).isEmpty();
  }

  @Test
  void proxy_withCredentials_isShownThemAndAChangedPasswordFromThenOn() throws Exception {
    RawHttpServer proxy = start(RawHttpServer.answer("407 No", "text/plain", ""));
    WeChatHttpClient client =
        closing(
            new WeChatHttpClient(
                settings(
                    URI.create("https://wechat.test"),
                    LONG,
                    LONG,
                    new EgressProxy(
                        "127.0.0.1", proxy.port(), new EgressProxy.Credentials("user", "p@ss"))),
                loops.group(),
                names));

    Await.result(post(client));
    client.useProxyPassword("new");
    Await.result(post(client));

    assertThat(proxy.requests())
        .extracting(request -> request.header("proxy-authorization"))
        .containsExactly(List.of("Basic dXNlcjpwQHNz"), List.of("Basic dXNlcjpuZXc="));
  }

  @Test
  void proxy_thatIsNotThere_isNamed() throws Exception {
    int nobody = DeafPort.number();
    WeChatHttpClient client =
        closing(
            new WeChatHttpClient(
                settings(
                    URI.create("https://wechat.test"),
                    LONG,
                    LONG,
                    new EgressProxy(
                        "127.0.0.1", nobody, new EgressProxy.Credentials("user", "s3cret"))),
                loops.group(),
                names));

    assertThat(Await.result(post(client)))
        .isEqualTo(
            new HttpResult.NotWritten("the proxy 127.0.0.1:" + nobody + " refused the connection"));
  }

  // The gate.

  @Test
  void gate_thatRefuses_keepsTheConnectionForOthers() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));
    WeChatHttpClient client = client(server.url(), LONG, LONG);

    for (int i = 0; i < 5; i++) {
      assertThat(Await.result(client.post(target(client), "{}".getBytes(UTF_8), () -> false)))
          .isEqualTo(new HttpResult.NotWritten("abandoned before it was written"));
    }

    assertThat(Await.result(post(client))).isInstanceOf(HttpResult.Answered.class);
    assertThat(server.connections()).isEqualTo(1);
  }

  // The base URL.

  @Test
  void baseUrl_withAPath_comesBeforeThePathOfTheApi() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));
    WeChatHttpClient client = client(URI.create(server.url() + "/relay/a%20b/"), LONG, LONG);

    Await.result(client.get(client.address("/cgi-bin/token", "a=b")));

    assertThat(server.request().line()).isEqualTo("GET /relay/a%20b/cgi-bin/token?a=b HTTP/1.1");
  }

  // The end.

  @Test
  void close_whileRequestsAreUnderWay_endsThemTruthfully() throws Exception {
    RawHttpServer server = start(RawHttpServer.silence());
    WeChatHttpClient client = client(server.url(), LONG, LONG);
    CompletableFuture<HttpResult> written = post(client);
    Await.until("the request", () -> !server.requests().isEmpty());
    WeChatHttpClient lookingUp = client(URI.create("http://slow.test:1"), LONG, LONG);
    CompletableFuture<HttpResult> notWritten = post(lookingUp);
    Await.until("the look-up", () -> !names.asked().isEmpty());

    client.close();
    lookingUp.close();

    assertThat(Await.result(written)).isInstanceOf(HttpResult.Broken.class);
    assertThat(Await.result(notWritten))
        .isEqualTo(new HttpResult.NotWritten("the server is stopping"));
    assertThat(Await.result(post(client))).isInstanceOf(HttpResult.NotWritten.class);
  }

  @Test
  void loops_severalThatStealIdleConnections_neverShareOne() throws Exception {
    RawHttpServer server = start(RawHttpServer.json(ACCEPTED));
    WeChatHttpClient client = client(server.url(), LONG, LONG);
    AtomicInteger answered = new AtomicInteger();
    List<CompletableFuture<HttpResult>> results = new ArrayList<>();

    for (int round = 0; round < 200; round++) {
      for (EventExecutor loop : loops.group()) {
        results.add(postOn(loop, client));
      }
      if (round % 3 == 0) { // So that all are idle, and one loop has more of them than it needs.
        for (CompletableFuture<HttpResult> each : results) {
          assertThat(Await.result(each)).isInstanceOf(HttpResult.Answered.class);
          answered.incrementAndGet();
        }
        results.clear();
      }
    }
    for (CompletableFuture<HttpResult> each : results) {
      assertThat(Await.result(each)).isInstanceOf(HttpResult.Answered.class);
      answered.incrementAndGet();
    }

    assertThat(answered).hasValue(400);
    assertThat(server.requests()).hasSize(400);
    assertThat(server.connections()).isLessThanOrEqualTo(6);
  }

  // Helpers.

  private static RequestTarget target(WeChatHttpClient client) {
    return client.address("/send", null);
  }

  private static CompletableFuture<HttpResult> post(WeChatHttpClient client) {
    return client.post(target(client), "{}".getBytes(UTF_8), () -> true);
  }

  private static CompletableFuture<HttpResult> postOn(EventExecutor loop, WeChatHttpClient client) {
    return CompletableFuture.completedFuture(client)
        .thenComposeAsync(WeChatHttpClientTest::post, loop);
  }

  private WeChatHttpClient client(URI url, Duration requestTimeout, Duration maxAge) {
    return closing(
        new WeChatHttpClient(settings(url, requestTimeout, maxAge, null), loops.group(), names));
  }

  private <T extends AutoCloseable> T closing(T each) {
    toClose.add(0, each);
    return each;
  }

  private static WeChatHttpClient.Settings settings(
      URI url, Duration requestTimeout, Duration maxAge, @Nullable EgressProxy proxy) {
    return new WeChatHttpClient.Settings(url, proxy, LONG, requestTimeout, 8, maxAge);
  }

  private RawHttpServer start(RawHttpServer.Turn turn) throws Exception {
    RawHttpServer server = RawHttpServer.start(turn);
    toClose.add(server);
    return server;
  }

  private RawHttpServer startAt(String address, int port, RawHttpServer.Turn turn)
      throws Exception {
    RawHttpServer server = RawHttpServer.startAt(InetAddress.getByName(address), port, turn);
    toClose.add(server);
    return server;
  }
}
