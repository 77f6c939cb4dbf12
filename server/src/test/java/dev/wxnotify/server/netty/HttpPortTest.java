package dev.wxnotify.server.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.RawHttp;
import dev.wxnotify.server.testing.RawHttp.Answer;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers may do with a port. */
final class HttpPortTest {
  private static final int MAX_BODY = 1_000;
  private static final int MAX_LINE = 200;
  private static final int MAX_HEADERS = 1_000;
  private static final int MOST = 8;
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofMinutes(1);

  private final List<HttpPort> ports = new ArrayList<>();
  private final Routes routes = new Routes();

  /** Echoes bodies; what is sent to /wait is answered when the test says so. */
  private static final class Routes implements HttpRoutes {
    private final List<CompletableFuture<HttpAnswer>> waiting = new CopyOnWriteArrayList<>();

    @Override
    public @Nullable HttpAnswer answerHead(HttpRequest head) {
      return switch (head.uri()) {
        case "/echo", "/wait", "/fault", "/throw" -> null;
        case "/fault-head" -> throw new IllegalStateException("broken on purpose");
        default -> HttpAnswer.text(HttpResponseStatus.NOT_FOUND, "not found\n");
      };
    }

    @Override
    public CompletionStage<HttpAnswer> answer(HttpRequest head, byte[] body) {
      switch (head.uri()) {
        case "/wait" -> {
          CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
          waiting.add(answer);
          return answer;
        }
        case "/fault" -> {
          return CompletableFuture.failedFuture(new IllegalStateException("broken on purpose"));
        }
        case "/throw" -> throw new IllegalStateException("broken on purpose");
        default -> {
          return CompletableFuture.completedFuture(
              HttpAnswer.bytes(HttpResponseStatus.OK, "text/plain", body));
        }
      }
    }
  }

  @BeforeEach
  void start() throws IOException {
    open(LONG, LONG, LONG, MOST * MAX_BODY);
  }

  @AfterEach
  void stop() {
    ports.forEach(HttpPort::close);
  }

  private int port() {
    return ports.get(ports.size() - 1).port();
  }

  private void open(Duration receive, Duration answer, Duration idle, long maxBodies)
      throws IOException {
    HttpPort port =
        new HttpPort(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            "test-port",
            Transport.NIO,
            new HttpPort.Limits(
                MAX_LINE, MAX_HEADERS, MAX_BODY, maxBodies, MOST, receive, answer, idle),
            routes);
    ports.add(port);
    port.start();
  }

  private static String post(String path, String body, String... headers) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
        + body.length()
        + "\r\n"
        + String.join("", headers)
        + "\r\n"
        + body;
  }

  private static String chunked(String path, String... chunks) {
    StringBuilder text =
        new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: x\r\n")
            .append("Transfer-Encoding: chunked\r\n\r\n");
    for (String chunk : chunks) {
      text.append(Integer.toHexString(chunk.length())).append("\r\n").append(chunk).append("\r\n");
    }
    return text.append("0\r\n\r\n").toString();
  }

  private void assertServes() throws IOException {
    assertThat(RawHttp.ask(port(), post("/echo", "well")))
        .extracting(Answer::body)
        .isEqualTo("well");
  }

  @Test
  void bodyOfTheLargestSize_isTaken_andOneByteMoreIsNot() throws Exception {
    String most = "x".repeat(MAX_BODY);

    assertThat(RawHttp.ask(port(), post("/echo", most)).body()).isEqualTo(most);
    assertThat(RawHttp.ask(port(), chunked("/echo", most)).body()).isEqualTo(most);
    assertThat(RawHttp.ask(port(), post("/echo", most + "x")).status()).isEqualTo(413);
    assertThat(RawHttp.ask(port(), chunked("/echo", most, "x")).status()).isEqualTo(413);
  }

  /** Its answer is not lost, though the client has not finished to send. */
  @Test
  void hugeBody_isRefusedByItsHead_andTheAnswerArrives() throws Exception {
    try (RawHttp http = new RawHttp(port())) {
      // At once: the server reads on for a moment only after it has refused the head.
      http.send(
          "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n"
              + "x".repeat(200_000));

      assertThat(http.read())
          .satisfies(answer -> assertThat(answer.status()).isEqualTo(413))
          .satisfies(answer -> assertThat(answer.head()).contains("connection: close"));
      assertThat(http.isClosedByServer()).isTrue();
    }
    assertServes();
  }

  @Test
  void keepAlive_servesManyRequests_andPipelinedOnesInTheirOrder() throws Exception {
    try (RawHttp http = new RawHttp(port())) {
      http.send(post("/wait", "") + post("/echo", "two") + "GET /none HTTP/1.1\r\n\r\n");
      http.send(post("/echo", "four"));
      Await.until("the first request", () -> routes.waiting.size() == 1);
      routes.waiting.get(0).complete(HttpAnswer.text(HttpResponseStatus.OK, "one"));

      assertThat(http.read().body()).isEqualTo("one");
      assertThat(http.read().body()).isEqualTo("two");
      assertThat(http.read().status()).isEqualTo(404);
      assertThat(http.read().body()).isEqualTo("four");
      assertThat(http.send(post("/echo", "five")).read())
          .satisfies(answer -> assertThat(answer.body()).isEqualTo("five"))
          .satisfies(answer -> assertThat(answer.head()).contains("connection: keep-alive"));
      assertThat(http.send(post("/echo", "six", "Connection: close\r\n")).read().body())
          .isEqualTo("six");
      assertThat(http.isClosedByServer()).isTrue();
    }
  }

  /** Each is read while the one before it is being answered: no stack grows with their number. */
  @Test
  void thousandsOfPipelinedRequestsAndTinyChunks_areServed() throws Exception {
    try (RawHttp http = new RawHttp(port())) {
      http.send("GET / HTTP/1.1\r\n\r\n".repeat(5_000));
      for (int i = 0; i < 5_000; i++) {
        assertThat(http.read().status()).isEqualTo(404);
      }
      String[] tiny = new String[MAX_BODY];
      Arrays.fill(tiny, "x");
      assertThat(http.send(chunked("/echo", tiny)).read().body()).hasSize(MAX_BODY);
    }
  }

  @Test
  void http10_isClosedUnlessItAsksOtherwise() throws Exception {
    try (RawHttp http = new RawHttp(port())) {
      String kept = "POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n1";
      assertThat(http.send(kept).read().head()).contains("connection: keep-alive");
      assertThat(http.send("POST /echo HTTP/1.0\r\nContent-Length: 1\r\n\r\n2").read().body())
          .isEqualTo("2");
      assertThat(http.isClosedByServer()).isTrue();
    }
  }

  /** Where a proxy and this server read the end differently, the rest must not be a request. */
  @Test
  void requestInChunks_isTheLastOfItsConnection() throws Exception {
    try (RawHttp http = new RawHttp(port())) {
      http.send(chunked("/echo", "1") + post("/echo", "smuggled"));

      assertThat(http.read())
          .satisfies(answer -> assertThat(answer.body()).isEqualTo("1"))
          .satisfies(answer -> assertThat(answer.head()).contains("connection: close"));
      assertThat(http.isClosedByServer()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
      })
  void requestOfTwoLengths_isAnsweredOnce(String headers) throws Exception {
    try (RawHttp http = new RawHttp(port())) {
      http.send("POST /echo HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n0\r\n\r\n");
      http.send(post("/echo", "smuggled"));

      assertThat(http.read())
          .satisfies(answer -> assertThat(answer.body()).doesNotContain("smuggled"))
          .satisfies(answer -> assertThat(answer.head()).contains("connection: close"));
      assertThat(http.isClosedByServer()).isTrue();
    }
  }

  /** What follows would be a request here, and may be a body for a proxy: RFC 9112, 6.3. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: identity\r\nContent-Length: 0\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: \"chunked\"\r\n",
        "Transfer-Encoding: chunked;x=1\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding:\r\n",
      })
  void requestOfAnotherCoding_isRefusedAndIsTheLast(String header) throws Exception {
    for (String path : List.of("/echo", "/none")) {
      try (RawHttp http = new RawHttp(port())) {
        http.send("POST " + path + " HTTP/1.1\r\nHost: x\r\n" + header + "\r\n");
        http.send(post("/echo", "smuggled"));

        assertThat(http.read().status()).isEqualTo(400);
        assertThat(http.isClosedByServer()).isTrue();
      }
    }
    assertServes();
  }

  /** The decoder knows a draft of WebSocket by which eight bytes follow such a head. */
  @Test
  void requestWithABodyThatNoHeaderTells_isRefused() throws Exception {
    try (RawHttp http = new RawHttp(port())) {
      http.send("GET /echo HTTP/1.1\r\nSec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n\r\n");

      assertThat(http.read().status()).isEqualTo(400);
      assertThat(http.isClosedByServer()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0016\u0003\u0001 rubbish\r\n\r\n",
        "POST /echo HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12",
        "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "POST /echo HTTP/1.1\r\nno colon\r\n\r\n",
        "POST\r\n\r\n",
      })
  void rubbish_isRefused(String bytes) throws Exception {
    assertThat(RawHttp.ask(port(), bytes).status()).isEqualTo(400);
    assertServes();
  }

  @Test
  void lineAndHeadersBeyondTheirBounds_areRefused() throws Exception {
    assertThat(RawHttp.ask(port(), "GET /" + "x".repeat(MAX_LINE) + " HTTP/1.1\r\n\r\n").status())
        .isEqualTo(414);
    assertThat(
            RawHttp.ask(port(), "GET / HTTP/1.1\r\nX: " + "x".repeat(MAX_HEADERS) + "\r\n\r\n")
                .status())
        .isEqualTo(431);
    assertServes();
  }

  @Test
  void expect100_isAnsweredBeforeTheBody_orRefusedByTheHead() throws Exception {
    String head = "POST %s HTTP/1.1\r\nExpect: %s\r\nContent-Length: %d\r\n\r\n";
    try (RawHttp http = new RawHttp(port())) {
      http.send(head.formatted("/echo", "100-continue", 4));
      assertThat(http.readHead().status()).isEqualTo(100);
      assertThat(http.send("body").read().body()).isEqualTo("body");
    }
    assertThat(RawHttp.ask(port(), head.formatted("/echo", "100-Continue", MAX_BODY + 1)).status())
        .isEqualTo(413);
    assertThat(RawHttp.ask(port(), head.formatted("/none", "100-continue", 4)).status())
        .isEqualTo(404);
    assertThat(RawHttp.ask(port(), head.formatted("/echo", "tea", 4)).status()).isEqualTo(417);
  }

  @Test
  void head_isAnsweredWithoutABody_andTheConnectionGoesOn() throws Exception {
    try (RawHttp http = new RawHttp(port())) {
      http.send("HEAD /none HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(http.readHead())
          .satisfies(answer -> assertThat(answer.status()).isEqualTo(404))
          .satisfies(answer -> assertThat(answer.head()).contains("content-length: 10"));
      assertThat(http.send(post("/echo", "next")).read().body()).isEqualTo("next");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/fault", "/throw", "/fault-head"})
  void fault_isAnsweredWith500_andNothingIsTold(String path) throws Exception {
    assertThat(RawHttp.ask(port(), post(path, "x")))
        .satisfies(answer -> assertThat(answer.status()).isEqualTo(500))
        .satisfies(answer -> assertThat(answer.body()).isEqualTo("see the log\n"));
    assertServes();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "P",
        "POST /echo HTTP/1.1\r\nHost:",
        "POST /echo HTTP/1.1\r\nContent-Length: 10\r\n\r\n12345",
        "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12"
      })
  void slowSender_hearsSo_andIsClosed(String begin) throws Exception {
    open(SHORT, LONG, LONG, MAX_BODY);
    try (RawHttp http = new RawHttp(port())) {
      assertThat(http.send(begin).read().status()).isEqualTo(408);
      assertThat(http.isClosedByServer()).isTrue();
    }
    assertServes();
  }

  @Test
  void silentConnection_isClosed_beforeAndBetweenRequests() throws Exception {
    open(LONG, LONG, SHORT, MAX_BODY);
    try (RawHttp silent = new RawHttp(port());
        RawHttp served = served()) {
      assertThat(silent.isClosedByServer()).isTrue();
      assertThat(served.isClosedByServer()).isTrue();
    }
  }

  /** A connection after its first request; another one if the idle limit came before that. */
  private RawHttp served() throws Exception {
    AtomicReference<@Nullable RawHttp> served = new AtomicReference<>();
    Await.until(
        "a request comes before the limit",
        () -> {
          RawHttp http = new RawHttp(port());
          try {
            assertThat(http.send(post("/echo", "1")).read().body()).isEqualTo("1");
          } catch (IOException closed) {
            http.close();
            return false;
          }
          served.set(http);
          return true;
        });
    return Objects.requireNonNull(served.get());
  }

  @Test
  void answerThatDoesNotCome_is503_andALateOneIsNobodyElses() throws Exception {
    open(LONG, SHORT, LONG, MAX_BODY);
    try (RawHttp http = new RawHttp(port())) {
      assertThat(http.send(post("/wait", "")).read().status()).isEqualTo(503);
      routes.waiting.get(0).complete(HttpAnswer.text(HttpResponseStatus.OK, "late"));
      assertThat(http.isClosedByServer()).isTrue();
    }
    assertServes();
  }

  @Test
  void bodiesOfAllTogether_areBounded_andTheirRoomComesBack() throws Exception {
    open(LONG, LONG, LONG, 2 * MAX_BODY);
    String body = "x".repeat(MAX_BODY);
    try (RawHttp one = new RawHttp(port());
        RawHttp two = new RawHttp(port())) {
      one.send(post("/wait", body));
      Await.until("the first", () -> routes.waiting.size() == 1);
      two.send(post("/wait", body));
      Await.until("both", () -> routes.waiting.size() == 2);

      assertThat(RawHttp.ask(port(), post("/echo", "x")).status()).isEqualTo(503);

      routes.waiting.get(0).complete(HttpAnswer.text(HttpResponseStatus.OK, "done"));
      assertThat(one.read().body()).isEqualTo("done");
      assertThat(RawHttp.ask(port(), post("/echo", body)).body()).isEqualTo(body);
    }
    Await.until(
        "the room of a client that went away",
        () -> RawHttp.ask(port(), post("/echo", body)).status() == 200);
  }

  @Test
  void connectionsBeyondTheBound_closeTheOneThatWaitsForLongest() throws Exception {
    List<RawHttp> all = new ArrayList<>();
    try {
      RawHttp worked = new RawHttp(port());
      all.add(worked.send(post("/wait", "")));
      Await.until("a request", () -> routes.waiting.size() == 1);
      RawHttp oldest = new RawHttp(port());
      all.add(oldest.send("POST /ec"));
      for (int i = 0; i < MOST; i++) {
        RawHttp next = new RawHttp(port());
        all.add(next);
        assertThat(next.send(post("/echo", "1")).read().body()).isEqualTo("1");
      }

      assertThat(oldest.isClosedByServer()).isTrue();
      routes.waiting.get(0).complete(HttpAnswer.text(HttpResponseStatus.OK, "done"));
      assertThat(worked.read().body()).isEqualTo("done");
    } finally {
      for (RawHttp each : all) {
        each.close();
      }
    }
  }

  @Test
  void connectionsAllWorkedOn_refuseTheNewOne() throws Exception {
    List<RawHttp> all = new ArrayList<>();
    try {
      for (int i = 0; i < MOST; i++) {
        all.add(new RawHttp(port()).send(post("/wait", "")));
      }
      Await.until("all requests", () -> routes.waiting.size() == MOST);
      try (RawHttp next = new RawHttp(port())) {
        assertThat(next.isClosedByServer()).isTrue();
      }

      routes.waiting.forEach(each -> each.complete(HttpAnswer.text(HttpResponseStatus.OK, "done")));
      for (RawHttp each : all) {
        assertThat(each.read().body()).isEqualTo("done");
      }
    } finally {
      for (RawHttp each : all) {
        each.close();
      }
    }
  }

  @Test
  void close_waitsForTheAnswersThatAreWorkedOn_andForNothingElse() throws Exception {
    try (RawHttp worked = new RawHttp(port()).send(post("/wait", "") + post("/echo", "next"));
        RawHttp begun = new RawHttp(port()).send("POST /ec");
        RawHttp idle = new RawHttp(port())) {
      assertThat(idle.send(post("/echo", "1")).read().body()).isEqualTo("1");
      Await.until("a request", () -> routes.waiting.size() == 1);
      CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> ports.get(0).close(LONG));

      assertThat(idle.isClosedByServer()).isTrue();
      assertThat(begun.isClosedByServer()).isTrue();
      assertThat(closed).isNotDone();
      routes.waiting.get(0).complete(HttpAnswer.text(HttpResponseStatus.OK, "done"));
      assertThat(worked.read())
          .satisfies(answer -> assertThat(answer.body()).isEqualTo("done"))
          .satisfies(answer -> assertThat(answer.head()).contains("connection: close"));
      assertThat(worked.isClosedByServer()).isTrue();
      Await.result(closed);
    }
  }

  @Test
  void close_endsAnAnswerThatDoesNotCome() throws Exception {
    try (RawHttp worked = new RawHttp(port()).send(post("/wait", ""))) {
      Await.until("a request", () -> routes.waiting.size() == 1);

      ports.get(0).close(SHORT);

      assertThat(worked.isClosedByServer()).isTrue();
    }
  }

  @Test
  void answerFromAnotherThread_isWritten() throws Exception {
    try (RawHttp http = new RawHttp(port())) {
      http.send(post("/wait", ""));
      Await.until("a request", () -> routes.waiting.size() == 1);
      Thread other =
          new Thread(
              () ->
                  routes
                      .waiting
                      .get(0)
                      .complete(
                          HttpAnswer.bytes(
                              HttpResponseStatus.OK,
                              "text/plain",
                              "中".getBytes(StandardCharsets.UTF_8))));
      other.start();
      other.join();

      assertThat(http.read().body()).isEqualTo("中");
    }
  }
}
