package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.web.EventSink;
import dev.wxnotify.web.HostCheck;
import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import dev.wxnotify.web.ServerSentEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may ask for what, and how pages get their requests and write their answers. */
class FrontTest {

  private final BlockingQueue<PageRequest> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<EventSink> sinks = new LinkedBlockingQueue<>();
  private final CountDownLatch sourceClosed = new CountDownLatch(1);
  private FakeWeChat weChat;
  private Inbox inbox;
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    SandboxOptions options = SandboxOptions.defaults();
    InboxLog log = new InboxLog(options.kept(), Clock.systemUTC());
    Pushes pushes = new Pushes(options.push(), Clock.systemUTC(), new PushThread(), log);
    weChat = new FakeWeChat(options, Clock.systemUTC(), pushes, log);
    inbox = new Inbox(weChat, EventStreams.HEARTBEAT);
    ControlMessages messages = new ControlMessages(weChat, 10, inbox.waits(), inbox.workers());
    Front front =
        new Front(
            weChat,
            new ControlApi(weChat, messages, new ControlEvents(log, inbox)),
            this::page,
            inbox.workers(),
            new HostCheck(Set.of("sandbox.test")));
    server =
        HttpServer.start(
            "127.0.0.1",
            0,
            () -> new EarlyTrouble(weChat.faults()),
            () -> new RequestHandler(front, inbox.streams(), weChat.counters()));
  }

  @AfterEach
  void stop() {
    server.close();
    inbox.close();
    weChat.pushes().close();
  }

  private PageAnswer page(PageRequest request) {
    asked.add(request);
    return switch (request.path()) {
      case "/inbox/broken" -> throw new IllegalStateException("a page that fails");
      case "/inbox/split" ->
          PageAnswer.text(200, "x").with("Location", "/\r\nSet-Cookie: injected=1");
      case "/inbox/nothing" -> PageAnswer.nothing();
      case "/inbox/events" ->
          PageAnswer.events(
              sink -> {
                sinks.add(sink);
                return sourceClosed::countDown;
              });
      default -> PageAnswer.html("<p>页</p>".getBytes(UTF_8));
    };
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /, 200",
    "GET, /inbox, 200",
    "GET, /inbox/7, 200",
    "POST, /inbox/users, 200",
    "GET, /assets/web.css, 200",
    "POST, /preferences, 200",
    "GET, /sandbox/state, 200",
    "POST, /sandbox/reset, 200",
    "DELETE, /sandbox/faults, 200"
  })
  void hosts_thatAreUnknown_getNothingOfTheSandbox(String method, String path, int status)
      throws Exception {
    for (String host :
        List.of("127.0.0.1:80", "[::1]", "localhost", "LocalHost:9", "sandbox.test:1")) {
      assertThat(exchange(method, path, "Host: " + host)).startsWith("HTTP/1.1 " + status);
    }
    asked.clear();
    for (String headers :
        List.of(
            "Host: evil.example",
            "Host: evil.example:80",
            "Host: localhost.evil.example",
            "Host: 127.0.0.1.evil.example",
            "Host: sandbox.test.evil.example",
            "X-Forwarded-Host: localhost\r\nHost: evil.example",
            "Host: localhost\r\nHost: evil.example",
            "Host:",
            "X-No: host")) {
      assertThat(exchange(method, path, headers)).startsWith("HTTP/1.1 403 ");
    }
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /inbox/users",
    "POST, /preferences",
    "POST, /sandbox/reset",
    "POST, /sandbox/faults",
    "DELETE, /sandbox/faults"
  })
  void changes_fromOtherOrigins_areRefused(String method, String path) throws Exception {
    for (String origin :
        List.of(
            "null",
            "http://evil.example",
            "http://localhost:1",
            "http://127.0.0.1",
            "file://",
            "")) {
      String answer = exchange(method, path, "Host: localhost:9080\r\nOrigin: " + origin);
      assertThat(answer).as(origin).startsWith("HTTP/1.1 403 ");
      assertThat(answer.toLowerCase(java.util.Locale.ROOT)).contains("origin");
    }
    assertThat(asked).isEmpty();
    assertThat(exchange(method, path, "Host: localhost\r\nSec-Fetch-Site: cross-site"))
        .startsWith("HTTP/1.1 403 ");
    for (String origin : List.of("", "\r\nOrigin: http://localhost:9080")) {
      assertThat(exchange(method, path, "Host: localhost:9080" + origin))
          .doesNotStartWith("HTTP/1.1 403");
    }
  }

  /** Programs use whatever name their network has for the fake. */
  @Test
  void weChatsPaths_takeAnyHostAndOrigin() throws Exception {
    String headers = "Host: api.weixin.qq.com\r\nOrigin: http://evil.example";

    for (String path : List.of("/cgi-bin/stable_token", "/cgi-bin/unknown", "/inboxes", "/x")) {
      assertThat(exchange("POST", path, headers)).startsWith("HTTP/1.1 200 OK");
    }
    assertThat(asked).isEmpty();
  }

  /** A path that is only written differently is checked all the same. */
  @ParameterizedTest
  @CsvSource({"/%73andbox/reset", "/sandbox%2Freset", "/%69nbox", "/sandbox/?x=1"})
  void paths_inOtherSpelling_areTheSandboxsOwn(String path) throws Exception {
    assertThat(exchange("POST", path, "Host: evil.example")).startsWith("HTTP/1.1 403 ");
  }

  /** A search for "50%" that somebody types into the address has an answer as well. */
  @ParameterizedTest
  @CsvSource({"/inbox?text=50%", "/inbox?text=%zz", "/inbox/%", "/x%2", "/sandbox/state?%e"})
  void paths_withAStrayPercentSign_areAnswered(String path) throws Exception {
    assertThat(exchange("GET", path, "Host: localhost")).startsWith("HTTP/1.1 200 ");
  }

  /** Not as if it had no headers, and on the same connection nothing could be read any more. */
  @Test
  void requests_thatAreNoHttp_areRefusedAndTheConnectionEnds() throws Exception {
    String open = "Host: localhost\r\nConnection: keep-alive\r\nX: ";

    assertThat(whole("GET /inbox HTTP/1.1\r\n" + open + "a\u0001b\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("Connection: close\r\n");
    assertThat(whole("GET /inbox HTTP/1.1\r\n" + open + "x".repeat(10_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ")
        .contains("Connection: close\r\n");
    assertThat(whole("GET /" + "x".repeat(10_000) + " HTTP/1.1\r\n" + open + "a\r\n\r\n"))
        .startsWith("HTTP/1.1 414 ");
    assertThat(asked).isEmpty();
  }

  @Test
  void requests_thatWaitTogether_areAllAnsweredHoweverMany() throws Exception {
    int many = 20_000;
    String first = "GET /sandbox/messages?wait=1s HTTP/1.1\r\nHost: localhost\r\n\r\n";
    String last = "GET /x HTTP/1.1\r\nConnection: close\r\n\r\n";
    try (Socket socket = connect()) {
      writer(socket, first + "GET /x HTTP/1.1\r\n\r\n".repeat(many) + last, 1).start();
      String answers = new String(socket.getInputStream().readAllBytes(), UTF_8);

      assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(1 + 1 + many + 1);
    }
  }

  /** What comes ahead of the answers stays with the caller. */
  @Test
  void requests_thatWait_areReadUpToABound() throws Exception {
    String ahead = "POST /x HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(1_000_000);
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write(
              "GET /sandbox/messages?wait=60s HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
      Thread writer = writer(socket, ahead, 40);
      writer.start();
      writer.join(2_000);

      assertThat(writer.isAlive()).as("40 MB are not read").isTrue();
    }
  }

  private static Thread writer(Socket socket, String text, int times) {
    byte[] bytes = text.getBytes(UTF_8);
    Thread writer =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < times; i++) {
                  socket.getOutputStream().write(bytes);
                }
              } catch (IOException e) {
                Thread.currentThread().interrupt(); // The test has closed the socket.
              }
            });
    writer.setDaemon(true);
    return writer;
  }

  @Test
  void refusal_ofAControlCall_isJsonThatSaysTheRule() throws Exception {
    assertThat(exchange("GET", "/sandbox/state", "Host: evil.example"))
        .contains("\"field\":\"host\"", "--allowed-host");
    assertThat(exchange("POST", "/sandbox/reset", "Host: localhost\r\nOrigin: null"))
        .contains("\"field\":\"origin\"");
  }

  @Test
  void request_arrivesWhole_andTheAnswerIsWritten() throws Exception {
    String answer =
        exchange(
            "POST",
            "/inbox/a%20b?q=%E4%B8%AD&q=2",
            "Host: localhost\r\nCookie: lang=en\r\nCookie: x=y\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9",
            "open=%20a");
    PageRequest request = asked.take();

    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.path()).isEqualTo("/inbox/a b");
    assertThat(request.parameter("q")).isEqualTo("中");
    assertThat(request.cookie("x")).isEqualTo("y");
    assertThat(request.form()).isEqualTo(Map.of("open", " a"));
    assertThat(request.peer().isLoopbackAddress()).isTrue();
    assertThat(answer)
        .startsWith("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n")
        .contains("Content-Security-Policy: default-src 'self'")
        .contains("Content-Length: 10\r\n")
        .contains("Connection: close\r\n")
        .endsWith("\r\n\r\n<p>页</p>");
  }

  @Test
  void head_andNothing_haveNoBody() throws Exception {
    assertThat(exchange("HEAD", "/inbox", "Host: localhost"))
        .contains("Content-Length: 10\r\n")
        .endsWith("\r\n\r\n");
    assertThat(exchange("GET", "/inbox/nothing", "Host: localhost"))
        .startsWith("HTTP/1.1 204 No Content\r\n")
        .doesNotContain("Content-Length")
        .endsWith("\r\n\r\n");
    assertThat(exchange("HEAD", "/inbox/events", "Host: localhost"))
        .contains("text/event-stream")
        .endsWith("\r\n\r\n");
    assertThat(sinks).isEmpty();
  }

  /** The connection and the others go on. */
  @Test
  void page_thatFails_is500() throws Exception {
    assertThat(exchange("GET", "/inbox/broken", "Host: localhost"))
        .startsWith("HTTP/1.1 500 ")
        .doesNotContain("IllegalState", "a page that fails");
    assertThat(exchange("GET", "/inbox", "Host: localhost")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void header_withALineBreak_isNeverWritten() throws Exception {
    assertThat(exchange("GET", "/inbox/split", "Host: localhost"))
        .startsWith("HTTP/1.1 500 ")
        .doesNotContain("injected");
  }

  @Test
  void stream_ofAPage_isWrittenAndClosed() throws Exception {
    try (EventReader events = EventReader.open(server.port(), "/inbox/events", "")) {
      EventSink sink = sinks.take();
      assertThat(sink.send(new ServerSentEvent("1", "row", "{\"a\":1}"))).isTrue();
      assertThat(events.next().data().path("a").asInt()).isEqualTo(1);
      assertThat(events.head()).contains("X-Accel-Buffering: no", "Connection: close");

      sink.close();

      assertThat(events.rest()).isEmpty();
      assertThat(sourceClosed.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(sink.send(new ServerSentEvent("2", "row", "{}"))).isFalse();
    }
  }

  @Test
  void stream_whoseReaderGoes_closesItsSource() throws Exception {
    EventReader events = EventReader.open(server.port(), "/inbox/events", "");
    sinks.take();
    assertThat(inbox.streams().open()).isEqualTo(1);

    events.close();

    assertThat(sourceClosed.await(60, TimeUnit.SECONDS)).isTrue();
    Eventually.until("no stream", () -> inbox.streams().open() == 0);
  }

  /** A source that does not look at the pace fills at most its own bound. */
  @Test
  void stream_whoseReaderIsStuck_isCut() throws Exception {
    try (EventReader events = EventReader.open(server.port(), "/inbox/events", "")) {
      EventSink sink = sinks.take();
      ServerSentEvent large = new ServerSentEvent("", "row", "x".repeat(200_000));
      int sent = 0;
      while (sink.send(large)) {
        assertThat(++sent).isLessThan(1_000);
      }
      assertThat(events.status()).contains("200");
      assertThat(sourceClosed.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Pages have threads of their own: sends go on while all of them wait. */
  @Test
  void sends_goOnWhilePagesTakeTheirTime() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(2);
    for (int i = 0; i < 2; i++) {
      inbox
          .workers()
          .execute(
              () -> {
                begun.countDown();
                try {
                  assertThat(go.await(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
    }
    begun.await();

    assertThat(exchange("POST", "/cgi-bin/message/subscribe/send", "Host: x", message("alice")))
        .contains("41001");

    go.countDown();
    assertThat(exchange("GET", "/inbox", "Host: localhost")).startsWith("HTTP/1.1 200 ");
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
    return socket;
  }

  private String whole(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private String exchange(String method, String path, String headers) throws IOException {
    return exchange(method, path, headers, "");
  }

  private String exchange(String method, String path, String headers, String body)
      throws IOException {
    try (Socket socket = connect()) {
      String length =
          body.isEmpty() || headers.contains("Content-Length")
              ? ""
              : "Content-Length: " + body.getBytes(UTF_8).length + "\r\n";
      socket
          .getOutputStream()
          .write(
              (method
                      + " "
                      + path
                      + " HTTP/1.1\r\n"
                      + headers
                      + "\r\nConnection: close\r\n"
                      + length
                      + "\r\n"
                      + body)
                  .getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
